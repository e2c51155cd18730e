import { testGoPeer } from './support/go-peer';

// An Alipay client of somebody else's (github.com/smartwalle/alipay): proof that the sandbox's wire is the provider's.
testGoPeer('alipay', 'an independent Go client creates, queries, closes and refunds, and believes every signature');
