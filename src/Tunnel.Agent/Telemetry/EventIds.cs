namespace Culvert.Tunnel.Agent.Telemetry;

/// <summary>Ids of the agent's log. An id never changes its meaning, and a retired one stays here, marked.</summary>
internal static class EventIds
{
    // Upstreams 10000
    public const int RequestFailed = 10000;
    public const int StreamFailed = 10001;
    public const int ExchangeFault = 10002;
    public const int UpstreamUnhealthy = 10003;
    public const int UpstreamHealthy = 10004;
    public const int AskNotRefused = 10005;
    public const int ChildEnded = 10010;
    public const int ChildNotStarted = 10011;
    public const int ChildSaid = 10012;
    public const int ChildUnreadable = 10013;
    public const int ChildIdle = 10014;
    public const int ChildMessageDiscarded = 10015;
    public const int CalloutMade = 10020;

    // Inner TLS 11000
    public const int LeafSwapped = 11000;
    public const int LeafRefused = 11001;
    public const int ServerNameRefused = 11002;
    public const int InnerConnectionRefused = 11003;
    public const int InnerHandshakeFailed = 11004;

    // Dialing 12000
    public const int EdgeConnected = 12000;
    public const int EdgeDialFailed = 12001;
    public const int EdgeConnectionEnded = 12002;
    public const int EdgeRefused = 12003; // retired
    public const int EdgeRenewing = 12004;
    public const int EdgeGoingAway = 12005;
    public const int DialSlotFault = 12006;

    // Routing 13000
    public const int DangerousOpenRoute = 13000;
    public const int RoutesInForce = 13001;
    public const int DangerousAnyAddress = 13002;
    public const int PassthroughRoute = 13003;
    public const int RouteAudienceShared = 13004;
    public const int RequestsRevoked = 13005;

    // Hosting 14000
    public const int Starting = 14000;
    public const int Draining = 14001;
    public const int Stopped = 14002;
    public const int ServingEnded = 14003;

    // Certificate files 15000
    public const int FilesChanged = 15000;
    public const int FilesNotWritten = 15001;
    public const int ChangeCommandFailed = 15002;

    // Authorization 16000
    public const int RequestRefused = 16000;
    public const int IssuerKeysFetched = 16001;
    public const int IssuerKeysFailed = 16002;
    public const int IssuerKeysNotKept = 16003;
    public const int IssuerKeysNotRead = 16004;
    public const int IssuerKeysDropped = 16005;

    // ACME 17000
    public const int AccountMade = 17000;
    public const int PublicLeafIssued = 17001;
    public const int PublicLeafFailed = 17002;
    public const int PublicLeafNotKept = 17003;
    public const int DangerousUnboundName = 17004;
    public const int RenewalInfoFailed = 17005;
    public const int ChallengeHeld = 17006;
    public const int ChallengeAnswered = 17007;
    public const int DangerousUnboundAcme = 17008;
    public const int PublicLeafFault = 17009;

    // Audit 18000
    public const int AuditStopped = 18000;
    public const int AuditResumed = 18001;
    public const int AuditRepaired = 18002;
    public const int AuditMissing = 18003;
    public const int AuditReached = 18004;
    public const int AuditHeadMissing = 18005;
    public const int AuditCheckpoint = 18006;
    public const int BudgetsStopped = 18007;
    public const int AuditExportFailed = 18008;
    public const int AuditExportResumed = 18009;
    public const int AuditExportRejected = 18010;
    public const int AuditExportSkipped = 18011;
    public const int AuditExportRestarted = 18012;
    public const int ApprovalUnavailable = 18013;

    // Policies of the service 18020
    public const int ServicePolicyInForce = 18020;
    public const int ServicePolicyRefused = 18021;
    public const int ServicePoliciesNotKept = 18022;
    public const int ServicePoliciesNotRead = 18023;

    // Pins 19000
    public const int PinDrift = 19000;
    public const int PinDriftGone = 19001;
    public const int PinsApproved = 19002;
    public const int PinsUnusable = 19003;
    public const int PinsNotVerified = 19004;
    public const int PinsNotKept = 19005;

    // Tunnels of other providers 20000
    public const int LongPollServing = 20000;
    public const int LongPollFailed = 20001;
    public const int LongPollEnded = 20002;
    public const int CommandDropped = 20003;
    public const int CommandExpired = 20004;
    public const int AnswerNotTaken = 20005;
    public const int CommandFault = 20006;
    public const int LongPollFault = 20007;
    public const int CommandRefused = 20008;

    // Tunnels behind a provider's connector 21000
    public const int ConnectorListening = 21000;
    public const int ConnectorFailed = 21001;
    public const int ConnectorEnded = 21002;
    public const int ConnectorRefused = 21003;
    public const int ConnectorFault = 21004;
    public const int DangerousConnectorAddress = 21005;
}
