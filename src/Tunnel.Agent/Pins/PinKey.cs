using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>Identifies a definition of a server by its name, URI or URI template.</summary>
internal readonly record struct PinKey(PinKind Kind, string Name)
{
    private static readonly string[] Kinds = ["tool", "prompt", "resource", "template", "instructions"];

    public static readonly PinKey Instructions = new(PinKind.Instructions, "instructions");

    /// <summary>The name of every kind in files and records, in the order of <see cref="PinKind"/>.</summary>
    public static IReadOnlyList<string> KindNames => Kinds;

    /// <summary>The name in files and records.</summary>
    public string KindName => Kinds[(int)Kind];

    public static bool TryParseKind(string text, out PinKind kind)
    {
        var at = Array.IndexOf(Kinds, text);
        kind = (PinKind)Math.Max(0, at);
        return at >= 0;
    }

    /// <summary>The kind that a call's target has; resources are identified by URI.</summary>
    public static PinKind ToPinKind(TargetKind kind) =>
        kind switch
        {
            TargetKind.Tool => PinKind.Tool,
            TargetKind.Prompt => PinKind.Prompt,
            _ => PinKind.Resource,
        };

    public override string ToString() => Kind == PinKind.Instructions ? KindName : $"{KindName} {Name}";
}
