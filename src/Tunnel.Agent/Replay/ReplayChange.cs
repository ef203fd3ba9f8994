using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Replay;

/// <summary>Calls of one caller of one name that a candidate would decide otherwise than they were decided.</summary>
internal sealed record ReplayChange(
    string Route,
    string Caller,
    string Method,
    TargetKind? Kind,
    string Name,
    bool HadPassed,
    Judgement Now,
    int Calls,
    DateTimeOffset Last
);
