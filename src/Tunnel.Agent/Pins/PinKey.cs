using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>One definition of a server by its name, URI or URI template.</summary>
internal readonly record struct PinKey(PinKind Kind, string Name)
{
    private static readonly string[] Kinds = ["tool", "prompt", "resource", "template", "instructions"];

    public static readonly PinKey Instructions = new(PinKind.Instructions, "instructions");

    /// <summary>Every kind, as files and records name it, in the order of <see cref="PinKind"/>.</summary>
    public static IReadOnlyList<string> KindNames => Kinds;

    /// <summary>As files and records name it.</summary>
    public string KindName => Kinds[(int)Kind];

    public static bool TryParseKind(string text, out PinKind kind)
    {
        var at = Array.IndexOf(Kinds, text);
        kind = (PinKind)Math.Max(0, at);
        return at >= 0;
    }

    /// <summary>What a call names; resources are named by URI.</summary>
    public static PinKind ToPinKind(TargetKind kind) =>
        kind switch
        {
            TargetKind.Tool => PinKind.Tool,
            TargetKind.Prompt => PinKind.Prompt,
            _ => PinKind.Resource,
        };

    public override string ToString() => Kind == PinKind.Instructions ? KindName : $"{KindName} {Name}";
}
