// Command alipay drives the payment sandbox with an Alipay client that knows nothing of it: create, query, close,
// refund, refund query and notifications, every signature checked by the client. It takes the sandbox's origin as its
// only argument, prints a line for each thing that it saw, and ends with status 1 at the first that isn't so.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/smartwalle/alipay/v3"
)

// patience bounds every wait; reaching it means that the fact never came.
const patience = 20 * time.Second

type credentials struct {
	BaseURL         string `json:"baseUrl"`
	AppID           string `json:"appId"`
	SellerID        string `json:"sellerId"`
	AppPrivateKey   string `json:"appPrivateKey"`
	AlipayPublicKey string `json:"alipayPublicKey"`
}

type peer struct {
	origin  string
	known   credentials
	client  *alipay.Client
	notices chan url.Values
	notify  string
}

func main() {
	if len(os.Args) != 2 {
		fail("usage: alipay <origin of the sandbox>")
	}
	p := start(os.Args[1])
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	p.closes(ctx)
	p.paysAndRefunds(ctx)
	p.refusesForgeries(ctx)
}

func start(origin string) *peer {
	var all struct {
		Alipay credentials `json:"alipay"`
	}
	answer, err := http.Get(origin + "/_sandbox/credentials")
	must("credentials", err)
	defer answer.Body.Close()
	must("credentials", json.NewDecoder(answer.Body).Decode(&all))
	p := &peer{origin: origin, known: all.Alipay, notices: make(chan url.Values, 16)}
	china := time.FixedZone("China", 8*3600)
	p.client, err = alipay.New(p.known.AppID, bare(p.known.AppPrivateKey), false,
		alipay.WithSandboxGateway(p.known.BaseURL), alipay.WithTimeLocation(china))
	must("client", err)
	must("Alipay's public key", p.client.LoadAliPayPublicKey(bare(p.known.AlipayPublicKey)))
	p.listen()
	return p
}

// listen takes notifications and acknowledges them as the client's library does.
func (p *peer) listen() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must("listener", err)
	p.notify = "http://" + listener.Addr().String() + "/notify"
	go func() {
		_ = http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := r.ParseForm(); err == nil {
				p.notices <- r.PostForm
			}
			alipay.ACKNotification(w)
		}))
	}()
}

func (p *peer) closes(ctx context.Context) {
	no := p.create(ctx, "peer_close")
	query := alipay.TradeQuery{OutTradeNo: no}
	unscanned, err := p.client.TradeQuery(ctx, query)
	must("query before the scan", err)
	equal("an unscanned trade", unscanned.SubCode, "ACQ.TRADE_NOT_EXIST")
	p.control("/payments/"+no+"/scan", nil)
	waiting, err := p.client.TradeQuery(ctx, query)
	must("query", err)
	equal("a scanned trade", string(waiting.TradeStatus), "WAIT_BUYER_PAY")
	closed, err := p.client.TradeClose(ctx, alipay.TradeClose{OutTradeNo: no})
	must("close", err)
	equal("close", string(closed.Code), "10000")
	after, err := p.client.TradeQuery(ctx, query)
	must("query after the close", err)
	equal("a closed trade", string(after.TradeStatus), "TRADE_CLOSED")
}

func (p *peer) paysAndRefunds(ctx context.Context) {
	no := p.create(ctx, "peer_refund")
	p.control("/payments/"+no+"/pay", nil)
	paid := p.notice(ctx)
	equal("the notification's number", paid.OutTradeNo, no)
	equal("the notification's status", string(paid.TradeStatus), "TRADE_SUCCESS")
	equal("the notification's amount", paid.TotalAmount, "19.99")
	equal("the notification's app and seller", paid.AppId+" "+paid.SellerId, p.known.AppID+" "+p.known.SellerID)
	found, err := p.client.TradeQuery(ctx, alipay.TradeQuery{OutTradeNo: no})
	must("query of a paid trade", err)
	equal("a paid trade", string(found.TradeStatus), "TRADE_SUCCESS")
	equal("its number at Alipay", found.TradeNo, paid.TradeNo)
	refund := alipay.TradeRefund{OutTradeNo: no, RefundAmount: "5.00", OutRequestNo: no + "_r"}
	for _, change := range []string{"Y", "N"} {
		moved, err := p.client.TradeRefund(ctx, refund)
		must("refund", err)
		equal("fund_change", moved.FundChange, change)
		equal("refund_fee", moved.RefundFee, "5.00")
	}
	asked := alipay.TradeFastPayRefundQuery{OutTradeNo: no, OutRequestNo: no + "_r"}
	refunded, err := p.client.TradeFastPayRefundQuery(ctx, asked)
	must("refund query", err)
	equal("the refund", refunded.RefundStatus+" "+refunded.RefundAmount, "REFUND_SUCCESS 5.00")
	told := p.notice(ctx)
	equal("the refund's notification", told.OutBizNo+" "+told.RefundFee, no+"_r 5.00")
	refused, err := p.client.TradeClose(ctx, alipay.TradeClose{OutTradeNo: no})
	must("close of a paid trade", err)
	equal("close of a paid trade", refused.SubCode, "ACQ.TRADE_STATUS_ERROR")
}

// refusesForgeries shows that the client does check what it is sent: else all of the above would prove little.
func (p *peer) refusesForgeries(ctx context.Context) {
	no := p.create(ctx, "peer_forged")
	match := map[string]string{"merchantNo": no}
	p.control("/faults", map[string]any{"op": "query", "fault": "bad_signature", "match": match})
	if _, err := p.client.TradeQuery(ctx, alipay.TradeQuery{OutTradeNo: no}); err == nil {
		fail("a forged answer was believed")
	}
	fmt.Println("ok a forged answer is refused")
}

func (p *peer) create(ctx context.Context, name string) string {
	no := fmt.Sprintf("%s_%d", name, os.Getpid())
	order := alipay.TradePreCreate{Trade: alipay.Trade{
		OutTradeNo: no, TotalAmount: "19.99", Subject: "A pot of 茶", TimeExpire: "2099-01-01 08:00:00",
	}}
	order.NotifyURL = p.notify
	created, err := p.client.TradePreCreate(ctx, order)
	must("precreate", err)
	if !strings.HasPrefix(created.QRCode, "https://qr.alipay.com/") {
		fail("precreate answered the code " + created.QRCode)
	}
	fmt.Println("ok precreate")
	return no
}

// notice waits for the next notification; decoding verifies it.
func (p *peer) notice(ctx context.Context) *alipay.Notification {
	select {
	case values := <-p.notices:
		decoded, err := p.client.DecodeNotification(ctx, values)
		must("the notification's signature", err)
		return decoded
	case <-time.After(patience):
		fail("no notification came")
		return nil
	}
}

func (p *peer) control(path string, body any) {
	encoded, err := json.Marshal(body)
	must(path, err)
	if body == nil {
		encoded = []byte("{}")
	}
	answer, err := http.Post(p.origin+"/_sandbox"+path, "application/json", bytes.NewReader(encoded))
	must(path, err)
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		fail(path + " answered " + answer.Status)
	}
}

// bare is a PEM's base64, the form in which Alipay's console hands out keys.
func bare(pem string) string {
	lines := strings.Split(strings.TrimSpace(pem), "\n")
	return strings.Join(lines[1:len(lines)-1], "")
}

func equal(what, actual, expected string) {
	if actual != expected {
		fail(fmt.Sprintf("%s: expected %q, got %q", what, expected, actual))
	}
	fmt.Printf("ok %s: %s\n", what, actual)
}

func must(what string, err error) {
	if err != nil {
		fail(what + ": " + err.Error())
	}
}

func fail(message string) {
	fmt.Println("not ok " + message)
	os.Exit(1)
}
