using System.Text.RegularExpressions;
using Culvert.Machine.Client.State;
using Culvert.Platform.Checkpoints;

namespace Culvert.Tunnel.Agent.Audit;

/// <summary>Reads signed checkpoints of this tunnel's agents from files, logs among them.</summary>
/// <param name="state">This agent's identity, and the signatures that it trusts.</param>
internal sealed partial class CallCheckpoints(AgentState state, string tunnel)
{
    private const int MaxBytes = 256 * 1024 * 1024;

    /// <summary>Why a file proves nothing, or why the checkpoint file next to the records was not read.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Reads this agent's checkpoints. Null: a file has none, or one with an invalid signature.</summary>
    /// <param name="folder">The records. Read them after this call: a checkpoint must not be newer than the records.</param>
    public IReadOnlyList<AuditCheckpoint>? Read(AuditFolder folder, IEnumerable<string> files)
    {
        var all = new List<AuditCheckpoint>();
        if (File.Exists(folder.Checkpoint))
        {
            if (Find(folder.Checkpoint) is { } own)
            {
                all.AddRange(own);
            }
            else if (HasRoots)
            {
                return null;
            }
        }

        foreach (var file in files)
        {
            if (Find(file) is not { } found)
            {
                return null;
            }

            all.AddRange(found);
        }

        return all;
    }

    private bool HasRoots => state is { Trust: not null, Id.Name: not null };

    private IReadOnlyList<AuditCheckpoint>? Find(string path)
    {
        if (state is not { Trust: { } trust, Id.Name: { } instance })
        {
            Problem = $"{path}: The state directory has no platform roots to check signatures by.";
            return null;
        }

        if (new FileInfo(path).Length > MaxBytes)
        {
            Problem = $"{path}: The file is too large.";
            return null;
        }

        var read = Token()
            .Matches(File.ReadAllText(path))
            .Select(m => AuditCheckpoint.VerifyCalls(m.Value, trust, tunnel))
            .ToList();
        var why =
            read.Count == 0 ? "The file contains no checkpoint."
            : read.Contains(null) ? "The signature of a checkpoint is not valid."
            : read.Any(c => c!.Node != instance) ? "A checkpoint is another agent's."
            : "";
        if (why.Length > 0)
        {
            Problem = $"{path}: {why}";
            return null;
        }

        return [.. read.OfType<AuditCheckpoint>()];
    }

    // A compact JWS whose header starts with {"alg": no other text of a log matches this.
    [GeneratedRegex("eyJhbGciOi[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
