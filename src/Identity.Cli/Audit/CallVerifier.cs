using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Machine.Client.Checkpoints;
using Culvert.Platform.Checkpoints;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Cli.Audit;

/// <summary>
/// Verifies an agent's record of calls against the checkpoints that the agent signed, and these against the transparency
/// log. It needs the platform's root and the log's key, and no network.
/// </summary>
internal sealed class CallVerifier(X509Certificate2Collection roots, NoteKey logKey, WitnessPolicy witnesses)
{
    private const int MaxFindings = 20;

    private readonly List<string> findings = [];

    /// <param name="records">The records, oldest first.</param>
    /// <param name="earlier">A tree head that the verifier stored; null = none.</param>
    public CallReport Verify(TextReader records, CallProof proof, SignedNote? earlier)
    {
        var head = ReadHead(proof.Note, "The tree head of the proof");
        var continues = head is null ? null : VerifyConsistency(proof, head, earlier);
        var checkpoints = head is null ? [] : VerifyCheckpoints(proof, head);
        var cosigned = head is null ? [] : VerifyWitnesses(proof.Note, checkpoints);
        var chain = new CallRecordChain(checkpoints.Select(checkpoint => checkpoint.Sequence));
        for (var number = 1; records.ReadLine() is { } line; number++)
        {
            foreach (var finding in chain.Add(Encoding.UTF8.GetBytes(line)))
            {
                Add($"line {number}: {finding.Kind}: {finding.Detail}");
            }
        }

        var proven = 0L;
        var newest = checkpoints.Select(checkpoint => checkpoint.Sequence).DefaultIfEmpty().Max();
        foreach (var checkpoint in checkpoints)
        {
            // Rotation has removed files older than the first record; the newest checkpoint must be covered.
            if (
                checkpoint.Sequence > chain.Last
                || (checkpoint.Sequence < chain.First && checkpoint.Sequence == newest)
            )
            {
                Add($"missing: the agent recorded up to {checkpoint.Sequence}, and the file ends at {chain.Last}.");
            }
            else if (chain.Covers(checkpoint.Sequence) && chain.GetHash(checkpoint.Sequence) != checkpoint.Head)
            {
                Add($"altered: record {checkpoint.Sequence} or one before it is not what the agent signed.");
            }
            else if (chain.Covers(checkpoint.Sequence))
            {
                proven = Math.Max(proven, checkpoint.Sequence);
            }
        }

        return new CallReport(chain.Records, chain.First, chain.Last, proven, head?.Size ?? 0, continues, findings)
        {
            Witnesses = cosigned,
        };
    }

    private List<AuditCheckpoint> VerifyCheckpoints(CallProof proof, TreeHead head)
    {
        var valid = new List<AuditCheckpoint>();
        foreach (var entry in proof.Entries)
        {
            var (checkpoint, refusal) = AuditCheckpoint.VerifyCalls(entry.Checkpoint, roots, proof.TunnelId);
            if (checkpoint is null || checkpoint.Node != proof.InstanceId)
            {
                Add($"forged: the checkpoint at index {entry.Index} {Describe(refusal)}.");
            }
            else if (
                !MerkleProof.HasEntry(
                    entry.Index,
                    head.Size,
                    LogEntry.FromCheckpoint(entry.Checkpoint).ToHash(),
                    head.Root,
                    entry.Hashes
                )
            )
            {
                Add($"not logged: the checkpoint of record {checkpoint.Sequence} is not in the log.");
            }
            else
            {
                valid.Add(checkpoint);
            }
        }

        foreach (var fork in valid.GroupBy(one => one.Sequence).Where(one => one.DistinctBy(c => c.Head).Count() > 1))
        {
            Add($"forked: the agent signed different records {fork.Key}.");
        }

        if (valid.Count == 0)
        {
            Add("not logged: no checkpoint of this agent is proven.");
        }

        return valid;
    }

    private IReadOnlyList<string> VerifyWitnesses(SignedNote note, List<AuditCheckpoint> checkpoints)
    {
        var covers = checkpoints.Select(checkpoint => checkpoint.Time).DefaultIfEmpty().Max();
        var (cosigned, missing) = witnesses.Evaluate(note, covers);
        if (cosigned.Count < witnesses.Required)
        {
            Add(
                $"not witnessed: {cosigned.Count} of {witnesses.Required} required witnesses cosigned the tree head "
                    + $"({string.Join("; ", missing)})."
            );
        }

        return cosigned;
    }

    private long? VerifyConsistency(CallProof proof, TreeHead head, SignedNote? kept)
    {
        if (proof.Earlier is null)
        {
            if (kept is not null)
            {
                Add("inconsistent: the proof does not say that the log continues the tree head that you kept.");
            }

            return null;
        }

        var from = ReadHead(proof.Earlier, "The earlier tree head");
        if (from is null)
        {
            return null;
        }

        if (kept is not null && ReadHead(kept, "The tree head that you kept") is var own && own != from)
        {
            Add("inconsistent: the proof begins with another tree head than the one that you kept.");
        }

        if (MerkleProof.IsContinued(from.Size, head.Size, from.Root, head.Root, proof.Consistency))
        {
            return from.Size;
        }

        Add($"inconsistent: the log of {head.Size} entries does not continue the log of {from.Size} entries.");
        return null;
    }

    private TreeHead? ReadHead(SignedNote note, string what)
    {
        if (!logKey.HasSigned(note))
        {
            Add($"forged: {what} is not signed by the key of the log.");
            return null;
        }

        // The key signs only for its own log.
        var head = TreeHead.Parse(note.Text);
        if (head is null || head.Origin != logKey.Name)
        {
            Add($"forged: {what} is of another log.");
            return null;
        }

        return head;
    }

    private static string Describe(CheckpointRefusal refusal) =>
        refusal switch
        {
            CheckpointRefusal.None or CheckpointRefusal.OtherSigner => "is signed by another machine",
            CheckpointRefusal.OtherType => "is a signature of another kind",
            CheckpointRefusal.Untrusted =>
                "is signed by a machine of another installation, or outside its certificate's life",
            CheckpointRefusal.Signature => "was changed after it was signed",
            _ => "cannot be read",
        };

    private void Add(string finding)
    {
        if (findings.Count < MaxFindings)
        {
            findings.Add(finding);
        }
    }
}
