import { testGoPeer } from './support/go-peer';

// WeChat Pay's own client (github.com/wechatpay-apiv3/wechatpay-go): proof that the sandbox's wire is the provider's.
testGoPeer('wechat', 'the official Go client creates, queries, closes and refunds, and believes every signature');
