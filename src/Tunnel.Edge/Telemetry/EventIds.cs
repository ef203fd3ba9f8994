namespace Culvert.Tunnel.Edge.Telemetry;

/// <summary>Log event ids of the edge. Operators alert on them: a retired id stays, marked.</summary>
internal static class EventIds
{
    public const int Listening = 9000;
    public const int Draining = 9001;
    public const int Drained = 9002;
    public const int AdvertiseDiffers = 9003;
    public const int AcceptFailed = 9004;
    public const int SweepFailed = 9005;
    public const int Starting = 9006;
    public const int OfflineGrace = 9007;
    public const int OfflineGraceOver = 9008;
    public const int ContactRestored = 9009;
    public const int DrainedByOperator = 9010;
    public const int ChallengeNotAcknowledged = 9011;
    public const int ServingEnded = 9012;
    public const int ServingResumed = 9013;
    public const int ReopenFailed = 9014;

    public const int AgentConnected = 9100;
    public const int AgentDisconnected = 9101;
    public const int AgentRefused = 9102;
    public const int AgentEnded = 9103;
    public const int AgentFaulted = 9104;

    public const int ClientRefused = 9200;
    public const int ClientReopened = 9201;
    public const int ClientFaulted = 9202;
    public const int ClientEnded = 9203; // retired
}
