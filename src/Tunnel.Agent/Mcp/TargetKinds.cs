namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>The words for kinds of targets in records, reports and commands.</summary>
internal static class TargetKinds
{
    private static readonly string[] Words = ["tool", "prompt", "resource", "method"];

    public static string ToWireName(TargetKind kind) => Words[(int)kind];

    /// <summary>Null for an unknown word.</summary>
    public static TargetKind? Find(string word) =>
        Array.IndexOf(Words, word) is >= 0 and var at ? (TargetKind)at : null;
}
