using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Identity.Cli.Audit;
using Culvert.Identity.Cli.Hosting;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Audit;

public sealed class ChainVerifierTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Verify_WholeChain_CountsBodiesAndWhatNobodyVouchesFor()
    {
        var (lines, _) = Chain(5);

        var report = Verify(lines).ShouldHaveSingleItem();

        (report.Entries, report.Bodies, report.ProvenUpTo, report.Unproven).ShouldBe((5, 4, 0, 5));
    }

    [Fact]
    public void Verify_Checkpoint_ProvesUpToIt()
    {
        var (lines, heads) = Chain(5);

        var report = Verify(lines, new Checkpoint("log", "node-1", 3, heads[2])).ShouldHaveSingleItem();

        (report.ProvenUpTo, report.Unproven).ShouldBe((3, 2));
    }

    public static TheoryData<string, Func<List<string>, List<string>>> Damage() =>
        new()
        {
            { "an entry left out", lines => [lines[0], .. lines[2..]] },
            { "two in another order", lines => [lines[1], lines[0], .. lines[2..]] },
            { "a body changed", lines => [lines[0].Replace("event 1", "event x"), .. lines[1..]] },
            { "cut within a line", lines => [.. lines[..4], lines[4][..20]] },
            { "the end cut off", lines => lines[..2] },
        };

    [Theory]
    [MemberData(nameof(Damage), DisableDiscoveryEnumeration = true)]
    public void Verify_Damage_IsFound(string what, Func<List<string>, List<string>> damage)
    {
        var (lines, heads) = Chain(5);

        Should.Throw<CommandFailure>(() => Verify(damage(lines), new Checkpoint("log", "node-1", 4, heads[3])), what);
    }

    [Fact]
    public void Verify_ChainMadeAnew_ContradictsTheCheckpoint()
    {
        var (_, heads) = Chain(5);
        var (forged, _) = Chain(5);

        var failure = Should.Throw<CommandFailure>(() => Verify(forged, new Checkpoint("log", "node-1", 4, heads[3])));

        failure.Message.ShouldContain("vouches for another entry");
    }

    [Fact]
    public void Read_SignedByTheNode_IsTakenAndByNobodyElse()
    {
        using var root = Certificate("CN=root", null, null);
        using var node = Certificate("CN=x", root, "spiffe://x.test/service/node-1");
        using var stranger = Certificate("CN=stranger", null, null);
        var line = $"{{\"message\":\"Audit of node-1 reaches 3: {Token(node, "node-1")}\"}}\n";

        var checkpoint = Read(line, root).ShouldHaveSingleItem();
        (checkpoint.Node, checkpoint.Sequence).ShouldBe(("node-1", 3));
        Should.Throw<CommandFailure>(() => Read(line, stranger));
        Should.Throw<CommandFailure>(() => Read(Token(node, "node-10"), root));
        Should.Throw<CommandFailure>(() => Read(Token(node, "node"), root));
        Should.Throw<CommandFailure>(() => Read(Forged.Signature(Token(node, "node-1")), root));
        Should.Throw<CommandFailure>(() => Read("nothing", root));
    }

    // S30: every certificate of the platform chains to the same root, and each has a name of its own kind.
    [Theory]
    [InlineData("spiffe://service/o/org_1/t/tnl_1/agent/agent-1", "o", TestPki.ServerAuthentication)]
    [InlineData("spiffe://x.test/o/org_1/t/tnl_1/agent/node-1", "node-1", TestPki.ClientAuthentication)]
    [InlineData("spiffe://x.test/edge/node-1", "node-1", TestPki.ServerAuthentication)]
    [InlineData("spiffe://x.test/service/node-1/more", "node-1", TestPki.ServerAuthentication)]
    [InlineData("https://x.test/service/node-1", "node-1", TestPki.ServerAuthentication)]
    [InlineData("spiffe://x.test/service/node-1", "node-1", TestPki.ClientAuthentication)]
    public void Read_SignedByAnotherMachine_IsRefused(string identity, string node, string usage)
    {
        using var root = Certificate("CN=root", null, null);
        using var signer = Certificate("CN=x", root, identity, usage);

        Should.Throw<CommandFailure>(() => Read(Token(signer, node), root)).Message.ShouldContain("is not the node");
    }

    // Commands on the host have no certificate: any node, of any generation, signs for their chain, and no other key
    // does.
    [Theory]
    [InlineData("host-commands", "spiffe://x.test/service/node-1", true)]
    [InlineData("host-commands-r2", "spiffe://x.test/service/node-1", true)]
    [InlineData("host-commands", "spiffe://x.test/edge/edge-1", false)]
    [InlineData("host-commandsx", "spiffe://x.test/service/node-1", false)]
    public void Read_ChainOfTheHost_IsSignedByANode(string chain, string identity, bool isTaken)
    {
        using var root = Certificate("CN=root", null, null);
        using var signer = Certificate("CN=x", root, identity);

        if (isTaken)
        {
            Read(Token(signer, chain), root).ShouldHaveSingleItem().Node.ShouldBe(chain);
        }
        else
        {
            Should
                .Throw<CommandFailure>(() => Read(Token(signer, chain), root))
                .Message.ShouldContain("is not the node");
        }
    }

    // The file that agents keep, line by line as they write it.
    [Fact]
    public void Read_FileOfAnAgent_GivesEachOfItsCheckpoints()
    {
        using var root = Certificate("CN=root", null, null);
        using var node = Certificate("CN=x", root, "spiffe://x.test/service/node-1");
        var line =
            $$"""{"node":"node-1","sequence":3,"head":"00ff","time":"2026-06-01T12:00:00Z","checkpoint":"{{Token(node, "node-1")}}"}""";

        Read(line + "\n" + line + "\n", root)
            .Select(one => (one.Node, one.Sequence))
            .ShouldBe([("node-1", 3), ("node-1", 3)]);
    }

    private static IReadOnlyList<Checkpoint> Read(string text, X509Certificate2 root)
    {
        using var reader = new StringReader(text);
        return Checkpoint.ReadAll("a log", reader, [root]);
    }

    private static IReadOnlyList<ChainReport> Verify(IEnumerable<string> lines, params Checkpoint[] checkpoints)
    {
        using var text = new StringReader(string.Join('\n', lines));
        return ChainVerifier.Verify(text, checkpoints);
    }

    // The third entry is another tenant's: its digest alone.
    private static (List<string> Lines, List<byte[]> Heads) Chain(int count)
    {
        List<string> lines = [];
        List<byte[]> heads = [];
        var head = new byte[32];
        for (var n = 1; n <= count; n++)
        {
            var salt = RandomNumberGenerator.GetBytes(16);
            var body = $"event {n} ü";
            var digest = SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(body)]);
            head = SHA256.HashData([.. head, .. digest]);
            heads.Add(head);
            lines.Add(
                $$"""{"node":"node-1","sequence":{{n}},"hash":"{{Convert.ToHexStringLower(head)}}","body_digest":"{{Convert.ToHexStringLower(digest)}}" """
                    + (n == 3 ? "}" : $$""","salt":"{{Convert.ToHexStringLower(salt)}}","body":"{{body}}"}""")
            );
        }

        return (lines, heads);
    }

    private static string Token(X509Certificate2 signer, string node)
    {
        var header =
            $$"""{"alg":"ES256","typ":"culvert-checkpoint+jws","x5c":["{{Convert.ToBase64String(signer.RawData)}}"]}""";
        var payload =
            $$"""{"type":"audit_checkpoint","node":"{{node}}","sequence":3,"head":"{{new string('0', 64)}}","time":"2026-06-01T12:00:00Z"}""";
        var content =
            Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))
            + "."
            + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload));
        using var key = signer.GetECDsaPrivateKey()!;
        var signature = key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256);
        return content + "." + Base64Url.EncodeToString(signature);
    }

    private static X509Certificate2 Certificate(
        string name,
        X509Certificate2? issuer,
        string? uri,
        string usage = TestPki.ServerAuthentication
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(issuer is null, false, 0, true));
        if (uri is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddUri(new Uri(uri));
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        }

        if (issuer is null)
        {
            return request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
        }

        using var issued = request.Create(issuer, Now.AddHours(-1), Now.AddHours(1), [1, 2, 3]);
        return issued.CopyWithPrivateKey(key);
    }
}
