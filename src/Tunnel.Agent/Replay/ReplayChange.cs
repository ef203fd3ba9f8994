using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Replay;

/// <summary>Calls of one caller and name whose decision a candidate would change.</summary>
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
