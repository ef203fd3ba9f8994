using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Audit;
using Culvert.Platform.Certificates;
using Culvert.Platform.Checkpoints;
using Culvert.Platform.Transparency;
using Culvert.Testing;

namespace Culvert.Identity.Cli.Tests.Audit;

/// <summary>An agent with a record of calls, and a log of two entries: another one, and the agent's checkpoint.</summary>
internal sealed class CallBench
{
    public const string TunnelId = "tnl_01";
    public const string Instance = "agent-1";
    public const string Origin = "id.test/v1/transparency";

    private readonly TestPki platform = new();
    private readonly ECDsa logSecret = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] other = new LogEntry(LogEntry.Audit, new byte[32]).ToHash();

    public CallBench(int records)
    {
        var previous = new string('0', 64);
        for (var i = 1; i <= records; i++)
        {
            (var line, previous) = Line(i, previous, "alice");
            Lines.Add(line);
            Heads.Add(previous);
        }
    }

    public List<string> Lines { get; } = [];

    public List<string> Heads { get; } = [];

    public NoteKey LogKey => new(Origin, logSecret.ExportSubjectPublicKeyInfo());

    public string RootPem => platform.RootPem;

    /// <summary>When the agent signs.</summary>
    public DateTimeOffset Now => platform.Now;

    /// <summary>A line of the record, and its hash.</summary>
    public static (string Line, string Hash) Line(int sequence, string previous, string principal)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"seq":{{sequence}},"prev":"{{previous}}","type":"call","sub":"{{principal}}"""
        );
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text + "\"")));
        return ($"{text}\",\"hash\":\"{hash}\"}}", hash);
    }

    /// <summary>The agent's word on that record.</summary>
    public string Sign(
        long sequence,
        string head,
        string path = $"o/org/t/{TunnelId}/agent/{Instance}",
        string node = Instance
    )
    {
        using var issued = platform.Issue(
            $"spiffe://id.test/{path}",
            usages: [TestPki.ClientAuthentication, TestPki.ServerAuthentication]
        );
        using var key = issued.GetECDsaPrivateKey()!;
        var pair = KeyAndCertificate.FromPem(
            issued.ExportCertificatePem() + "\n" + platform.ChainPem,
            key.ExportPkcs8PrivateKeyPem()
        );
        return AuditCheckpoint.SignCalls(pair, node, sequence, head, platform.Now)!;
    }

    public string Sign(int sequence) => Sign(sequence, Heads[sequence - 1]);

    /// <summary>A proof of that checkpoint, from a log that began with another entry.</summary>
    public CallProof Prove(string checkpoint)
    {
        var entry = LogEntry.FromCheckpoint(checkpoint).ToHash();
        return new CallProof
        {
            TunnelId = TunnelId,
            InstanceId = Instance,
            Note = Note(new TreeHead(Origin, 2, MerkleHash.OfNode(other, entry))),
            Entries = [new CallProofEntry(1, checkpoint, [other])],
            Earlier = Note(new TreeHead(Origin, 1, other)),
            Consistency = [entry],
        };
    }

    public SignedNote Note(TreeHead head, ECDsa? secret = null) =>
        new(head.ToText(), [LogKey.Sign(secret ?? logSecret, head.ToText())]);

    /// <summary>As a file.</summary>
    public static string ToText(CallProof proof) =>
        new JsonObject
        {
            ["type"] = CallProof.Type,
            ["tunnel_id"] = proof.TunnelId,
            ["instance_id"] = proof.InstanceId,
            ["tree_head"] = proof.Note.ToString(),
            ["entries"] = new JsonArray([
                .. proof.Entries.Select(entry =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["index"] = entry.Index,
                            ["checkpoint"] = entry.Checkpoint,
                            ["hashes"] = Texts(entry.Hashes),
                        }
                ),
            ]),
            ["consistency"] = proof.Earlier is null
                ? null
                : new JsonObject { ["from"] = proof.Earlier.ToString(), ["hashes"] = Texts(proof.Consistency) },
        }.ToJsonString();

    public CallReport Verify(
        IEnumerable<string> lines,
        CallProof proof,
        SignedNote? kept = null,
        NoteKey? key = null,
        WitnessPolicy? witnesses = null
    )
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(platform.RootPem);
        return new CallVerifier(roots, key ?? LogKey, witnesses ?? WitnessPolicy.None).Verify(
            new StringReader(string.Join('\n', lines)),
            proof,
            kept
        );
    }

    private static JsonArray Texts(IEnumerable<byte[]> hashes) =>
        new([.. hashes.Select(hash => (JsonNode)JsonValue.Create(Convert.ToBase64String(hash)))]);
}
