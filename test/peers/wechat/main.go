// Command wechat drives the payment sandbox with WeChat Pay's own Go client, which knows nothing of it: prepay, query,
// close, refund, refund query and notifications, every signature checked by the client. It takes the sandbox's origin as
// its only argument, prints a line for each thing that it saw, and ends with status 1 at the first that isn't so.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/wechatpay-apiv3/wechatpay-go/core"
	"github.com/wechatpay-apiv3/wechatpay-go/core/auth/verifiers"
	"github.com/wechatpay-apiv3/wechatpay-go/core/notify"
	"github.com/wechatpay-apiv3/wechatpay-go/core/option"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments"
	"github.com/wechatpay-apiv3/wechatpay-go/services/payments/native"
	"github.com/wechatpay-apiv3/wechatpay-go/services/refunddomestic"
	"github.com/wechatpay-apiv3/wechatpay-go/utils"
)

// patience bounds every wait; reaching it means that the fact never came.
const patience = 20 * time.Second

const total, part = int64(1999), int64(500)

type credentials struct {
	BaseURL             string `json:"baseUrl"`
	MchID               string `json:"mchid"`
	AppID               string `json:"appid"`
	MerchantSerial      string `json:"merchantSerial"`
	MerchantPrivateKey  string `json:"merchantPrivateKey"`
	PlatformPublicKeyID string `json:"platformPublicKeyId"`
	PlatformPublicKey   string `json:"platformPublicKey"`
	APIv3Key            string `json:"apiV3Key"`
}

// notice is a notification as the client's library decrypted it; refund notifications have fields of their own.
type notice struct {
	event string
	body  struct {
		OutTradeNo    string `json:"out_trade_no"`
		TradeState    string `json:"trade_state"`
		TransactionID string `json:"transaction_id"`
		OutRefundNo   string `json:"out_refund_no"`
		RefundStatus  string `json:"refund_status"`
		Amount        struct {
			Total  int64 `json:"total"`
			Refund int64 `json:"refund"`
		} `json:"amount"`
	}
	err error
}

type peer struct {
	origin   string
	known    credentials
	payments native.NativeApiService
	refunds  refunddomestic.RefundsApiService
	handler  *notify.Handler
	notices  chan notice
	notify   string
}

func main() {
	if len(os.Args) != 2 {
		fail("usage: wechat <origin of the sandbox>")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	p := start(ctx, os.Args[1])
	p.closes(ctx)
	p.paysAndRefunds(ctx)
	p.refusesForgeries(ctx)
}

func start(ctx context.Context, origin string) *peer {
	var all struct {
		Wechat credentials `json:"wechat"`
	}
	answer, err := http.Get(origin + "/_sandbox/credentials")
	must("credentials", err)
	defer answer.Body.Close()
	must("credentials", json.NewDecoder(answer.Body).Decode(&all))
	p := &peer{origin: origin, known: all.Wechat, notices: make(chan notice, 16)}
	merchant, err := utils.LoadPrivateKey(p.known.MerchantPrivateKey)
	must("the merchant's key", err)
	platform, err := utils.LoadPublicKey(p.known.PlatformPublicKey)
	must("the platform's key", err)
	base, err := url.Parse(p.known.BaseURL)
	must("the base URL", err)
	client, err := core.NewClient(ctx,
		option.WithWechatPayPublicKeyAuthCipher(
			p.known.MchID, p.known.MerchantSerial, merchant, p.known.PlatformPublicKeyID, platform),
		option.WithHTTPClient(&http.Client{Transport: redirected{base}, Timeout: patience}))
	must("client", err)
	p.payments = native.NativeApiService{Client: client}
	p.refunds = refunddomestic.RefundsApiService{Client: client}
	p.handler, err = notify.NewRSANotifyHandler(p.known.APIv3Key,
		verifiers.NewSHA256WithRSAPubkeyVerifier(p.known.PlatformPublicKeyID, *platform))
	must("notification handler", err)
	p.listen()
	return p
}

// redirected sends what the client addresses to WeChat Pay's own host, which it can't be told to change, to another one.
// Signatures cover path and query, not the host.
type redirected struct{ base *url.URL }

func (r redirected) RoundTrip(request *http.Request) (*http.Response, error) {
	moved := request.Clone(request.Context())
	moved.URL.Scheme, moved.URL.Host, moved.Host = r.base.Scheme, r.base.Host, r.base.Host
	return http.DefaultTransport.RoundTrip(moved)
}

// listen takes notifications; the client's library verifies and decrypts each before it is acknowledged.
func (p *peer) listen() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must("listener", err)
	p.notify = "http://" + listener.Addr().String() + "/notify"
	go func() {
		_ = http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var told notice
			parsed, err := p.handler.ParseNotifyRequest(r.Context(), r, &told.body)
			told.err = err
			if parsed != nil {
				told.event = parsed.EventType
			}
			p.notices <- told
			w.WriteHeader(http.StatusNoContent)
		}))
	}()
}

func (p *peer) closes(ctx context.Context) {
	no := p.create(ctx, "peer_close")
	equal("an open payment", *p.find(ctx, no).TradeState, "NOTPAY")
	closing := native.CloseOrderRequest{OutTradeNo: core.String(no), Mchid: core.String(p.known.MchID)}
	result, err := p.payments.CloseOrder(ctx, closing)
	must("close", err)
	equal("close", fmt.Sprint(result.Response.StatusCode), "204")
	equal("a closed payment", *p.find(ctx, no).TradeState, "CLOSED")
	_, err = p.payments.CloseOrder(ctx, closing)
	refused("a second close", err, "ORDER_CLOSED")
}

func (p *peer) paysAndRefunds(ctx context.Context) {
	no := p.create(ctx, "peer_refund")
	p.control("/payments/"+no+"/pay", nil)
	paid := p.notice("TRANSACTION.SUCCESS")
	equal("the notification's number", paid.body.OutTradeNo, no)
	equal("the notification's state", paid.body.TradeState, "SUCCESS")
	equal("the notification's amount", fmt.Sprint(paid.body.Amount.Total), fmt.Sprint(total))
	found := p.find(ctx, no)
	equal("a paid payment", *found.TradeState, "SUCCESS")
	equal("its number at WeChat Pay", *found.TransactionId, paid.body.TransactionID)
	_, err := p.payments.CloseOrder(ctx,
		native.CloseOrderRequest{OutTradeNo: core.String(no), Mchid: core.String(p.known.MchID)})
	refused("close of a paid payment", err, "ORDERPAID")
	p.refundsOnce(ctx, no)
}

// refundsOnce asks for one refund twice: the same number is the same refund.
func (p *peer) refundsOnce(ctx context.Context, no string) {
	request := refunddomestic.CreateRequest{
		OutTradeNo: core.String(no), OutRefundNo: core.String(no + "_r"), Reason: core.String("a cracked 茶 pot"),
		NotifyUrl: core.String(p.notify),
		Amount: &refunddomestic.AmountReq{
			Refund: core.Int64(part), Total: core.Int64(total), Currency: core.String("CNY"),
		},
	}
	first, _, err := p.refunds.Create(ctx, request)
	must("refund", err)
	again, _, err := p.refunds.Create(ctx, request)
	must("the same refund", err)
	equal("the same refund's number at WeChat Pay", *again.RefundId, *first.RefundId)
	told := p.notice("REFUND.SUCCESS")
	equal("the refund's notification", told.body.OutRefundNo+" "+told.body.RefundStatus, no+"_r SUCCESS")
	equal("its amount", fmt.Sprint(told.body.Amount.Refund), fmt.Sprint(part))
	asked := refunddomestic.QueryByOutRefundNoRequest{OutRefundNo: core.String(no + "_r")}
	refunded, _, err := p.refunds.QueryByOutRefundNo(ctx, asked)
	must("refund query", err)
	equal("the refund", fmt.Sprint(*refunded.Status, " ", *refunded.Amount.Refund), fmt.Sprint("SUCCESS ", part))
	equal("a refunded payment", *p.find(ctx, no).TradeState, "REFUND")
}

// refusesForgeries shows that the client does check what it is sent: else all of the above would prove little.
func (p *peer) refusesForgeries(ctx context.Context) {
	no := p.create(ctx, "peer_forged")
	match := map[string]string{"merchantNo": no}
	p.control("/faults", map[string]any{"op": "notify", "fault": "tampered_cipher", "match": match})
	p.control("/payments/"+no+"/pay", nil)
	if told := p.await(); told.err == nil {
		fail("a tampered notification was believed")
	}
	fmt.Println("ok a tampered notification is refused")
	p.control("/faults", map[string]any{"op": "query", "fault": "bad_signature", "match": match})
	if _, _, err := p.query(ctx, no); err == nil {
		fail("a forged answer was believed")
	}
	fmt.Println("ok a forged answer is refused")
}

func (p *peer) create(ctx context.Context, name string) string {
	no := fmt.Sprintf("%s_%d", name, os.Getpid())
	created, _, err := p.payments.Prepay(ctx, native.PrepayRequest{
		Appid: core.String(p.known.AppID), Mchid: core.String(p.known.MchID),
		Description: core.String("A pot of 茶"), OutTradeNo: core.String(no),
		TimeExpire: core.Time(time.Now().Add(time.Hour)), NotifyUrl: core.String(p.notify),
		Amount: &native.Amount{Currency: core.String("CNY"), Total: core.Int64(total)},
	})
	must("prepay", err)
	if !strings.HasPrefix(*created.CodeUrl, "weixin://") {
		fail("prepay answered the code " + *created.CodeUrl)
	}
	fmt.Println("ok prepay")
	return no
}

func (p *peer) query(ctx context.Context, no string) (*payments.Transaction, *core.APIResult, error) {
	return p.payments.QueryOrderByOutTradeNo(ctx,
		native.QueryOrderByOutTradeNoRequest{OutTradeNo: core.String(no), Mchid: core.String(p.known.MchID)})
}

func (p *peer) find(ctx context.Context, no string) *payments.Transaction {
	found, _, err := p.query(ctx, no)
	must("query", err)
	equal("the payment's number", *found.OutTradeNo, no)
	return found
}

// notice waits for the next notification, which has to be authentic and of that event.
func (p *peer) notice(event string) notice {
	told := p.await()
	must("the notification", told.err)
	equal("the event", told.event, event)
	return told
}

func (p *peer) await() notice {
	select {
	case told := <-p.notices:
		return told
	case <-time.After(patience):
		fail("no notification came")
		return notice{}
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

func refused(what string, err error, code string) {
	var told *core.APIError
	if !errors.As(err, &told) {
		fail(fmt.Sprintf("%s: expected %s, got %v", what, code, err))
	}
	equal(what, told.Code, code)
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
