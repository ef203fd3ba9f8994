using System.Text.RegularExpressions;
using Culvert.Machine.Client.State;
using Culvert.Platform.Checkpoints;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Reads signed checkpoints of this tunnel's agents out of files, logs among them.</summary>
/// <param name="state">Who this agent is, and whose signatures it trusts.</param>
/// <param name="tunnel">The tunnel's id.</param>
internal sealed partial class CallCheckpoints(AgentState state, string tunnel)
{
    private const int MaxBytes = 256 * 1024 * 1024;

    /// <summary>Why the last file proves nothing.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Those of this agent; null if there is none, or one whose signature does not hold.</summary>
    public IReadOnlyList<AuditCheckpoint>? Read(string path)
    {
        if (state is not { Trust: { } trust, Id.Name: { } instance })
        {
            Problem = "The state directory has no platform roots to check signatures by.";
            return null;
        }

        if (new FileInfo(path).Length > MaxBytes)
        {
            Problem = "The file is too large.";
            return null;
        }

        var read = Token()
            .Matches(File.ReadAllText(path))
            .Select(m => AuditCheckpoint.VerifyCalls(m.Value, trust, tunnel))
            .ToList();
        Problem =
            read.Count == 0 ? "The file contains no checkpoint."
            : read.Contains(null) ? "The signature of a checkpoint is not valid."
            : read.Any(c => c!.Node != instance) ? "A checkpoint is another agent's."
            : "";
        return Problem.Length > 0 ? null : [.. read.OfType<AuditCheckpoint>()];
    }

    // A compact JWS whose header begins with {"alg": no other text of a log looks like that.
    [GeneratedRegex("eyJhbGciOi[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
