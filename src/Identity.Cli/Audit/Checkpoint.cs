using System.Security.Cryptography.X509Certificates;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Checkpoints;

namespace Culvert.Identity.Cli.Audit;

/// <summary>A node's signed statement of how far its chain reached, verified up to the platform root.</summary>
/// <param name="Source">The origin, for messages.</param>
/// <param name="Sequence">Its newest entry at that time.</param>
/// <param name="Head">That entry's hash.</param>
internal sealed record Checkpoint(string Source, string Node, long Sequence, byte[] Head)
{
    private static readonly char[] Separators = [' ', '\t', '"', '\'', ',', ':', ';'];

    /// <summary>Reads all checkpoints of a file with log lines, saved feeds or plain tokens.</summary>
    /// <param name="file">The name, for messages.</param>
    /// <param name="roots">The platform's roots, which issue the nodes' certificates.</param>
    public static IReadOnlyList<Checkpoint> ReadAll(string file, TextReader text, X509Certificate2Collection roots)
    {
        List<Checkpoint> found = [];
        while (text.ReadLine() is { } line)
        {
            foreach (var word in line.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
            {
                if (word.StartsWith("eyJ", StringComparison.Ordinal) && word.Count(c => c == '.') == 2)
                {
                    found.Add(Read(file, word, roots));
                }
            }
        }

        return found.Count > 0 ? found : throw Refused(file, "it contains no checkpoint");
    }

    private static Checkpoint Read(string source, string token, X509Certificate2Collection roots)
    {
        var (checkpoint, refusal) = AuditCheckpoint.Verify(token, roots);
        return checkpoint is null
            ? throw Refused(
                source,
                refusal switch
                {
                    CheckpointRefusal.OtherType => "it is not a checkpoint",
                    CheckpointRefusal.Untrusted => "its signer does not chain to the platform root",
                    CheckpointRefusal.OtherSigner => "its signer is not the node that it names",
                    CheckpointRefusal.Signature => "its signature does not verify",
                    _ => "it cannot be read",
                }
            )
            : new Checkpoint(source, checkpoint.Node, checkpoint.Sequence, Convert.FromHexString(checkpoint.Head));
    }

    private static CommandFailure Refused(string source, string what) =>
        new(ExitCode.CheckFailed, $"the checkpoint is refused: {what}")
        {
            Where = source,
            Next = "give the platform root by --ca-file, and a checkpoint from the log or an agent's saved feed",
        };
}
