using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Transparency.Witnesses;
using Culvert.Platform.Addresses;
using Culvert.Platform.Transparency;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Transparency.Witnesses;

/// <summary>
/// A witness on loopback with TLS, written from c2sp.org/tlog-witness: it stores the newest tree head of one log and
/// cosigns what continues it. Nothing of the product is used to do so.
/// </summary>
internal sealed class WitnessServer : IAsyncDisposable
{
    /// <summary>The name of its certificate; a test makes it resolve to loopback.</summary>
    public const string HostName = "witness.test";

    private readonly Lock gate = new();
    private readonly List<(int Status, long Old)> calls = [];
    private readonly Ed25519PrivateKeyParameters secret = new(RandomNumberGenerator.GetBytes(32));
    private readonly TimeProvider time;
    private TestServer? server;
    private byte[] root = SHA256.HashData([]);

    private WitnessServer(string name, TimeProvider time) => (Name, this.time) = (name, time);

    public string Name { get; }

    public int Port => server!.Port;

    /// <summary>The newest tree head that it cosigned.</summary>
    public long Size { get; private set; }

    /// <summary>What it answered, and which size each call named.</summary>
    public IReadOnlyList<(int Status, long Old)> Calls
    {
        get
        {
            lock (gate)
            {
                return [.. calls];
            }
        }
    }

    /// <summary>The log that it knows: the origin, and the SubjectPublicKeyInfo of the key. Null = none.</summary>
    public (string Origin, byte[] Key)? Log { get; set; }

    /// <summary>Answers this status to every request; null = as it should.</summary>
    public int? Down { get; set; }

    /// <summary>Changes the lines of its answers.</summary>
    public Func<string, string> Misbehave { get; set; } = lines => lines;

    /// <summary>How wrong its clock is.</summary>
    public TimeSpan ClockError { get; set; }

    public string Vkey
    {
        get
        {
            byte[] key = [4, .. secret.GeneratePublicKey().GetEncoded()];
            return $"{Name}+{Convert.ToHexStringLower(KeyId())}+{Convert.ToBase64String(key)}";
        }
    }

    public static async Task<WitnessServer> StartAsync(string name, TestPki pki, TimeProvider time)
    {
        var witness = new WitnessServer(name, time);
        var certificate = pki.Issue(dnsNames: [HostName], usages: [TestPki.ServerAuthentication]);
        witness.server = await TestServer.StartAsync(witness.AnswerAsync, certificate, pki.Issuing);
        return witness;
    }

    /// <summary>How the service reaches it.</summary>
    /// <param name="roots">A file with the roots of its certificate.</param>
    public WitnessOptions ToOptions(string roots) =>
        new()
        {
            Name = Name.Split('/')[1],
            Url = new Uri($"https://{HostName}:{Port}/w/"),
            Key = CosignatureKey.Parse(Vkey).ShouldNotBeNull(),
            CaFile = roots,
            Networks = AddressRanges.TryParse(["127.0.0.0/8"], out var ranges, out _) ? ranges : AddressRanges.Empty,
        };

    /// <summary>It forgets everything, as after a restore of its own.</summary>
    public void Forget() => (Size, root) = (0, SHA256.HashData([]));

    public ValueTask DisposeAsync() => server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        int status;
        string text;
        lock (gate)
        {
            (status, text) = context.Request is { Method: "POST", Path.Value: "/w/add-checkpoint" }
                ? Add(body)
                : (StatusCodes.Status405MethodNotAllowed, "");
            calls.Add((status, OldOf(body)));
        }

        context.Response.StatusCode = status;
        if (status == StatusCodes.Status409Conflict)
        {
            context.Response.ContentType = "text/x.tlog.size";
        }

        await context.Response.WriteAsync(text);
    }

    private (int Status, string Text) Add(string body)
    {
        if (Down is { } status)
        {
            return (status, "");
        }

        var parts = body.Split("\n\n", 2);
        var (old, note) = (OldOf(body), parts[1]);
        var proof = parts[0].Split('\n')[1..].Select(Convert.FromBase64String).ToList();
        var end = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        var (signed, signatures) = (note[..(end + 1)], note[(end + 2)..]);
        var lines = signed.Split('\n');
        if (Log is not { } log || lines[0] != log.Origin)
        {
            return (StatusCodes.Status404NotFound, "");
        }

        if (!signatures.TrimEnd('\n').Split('\n').Any(line => IsOfLog(line, signed, log)))
        {
            return (StatusCodes.Status403Forbidden, "");
        }

        var (size, head) = (long.Parse(lines[1], CultureInfo.InvariantCulture), Convert.FromBase64String(lines[2]));
        if (old > size)
        {
            return (StatusCodes.Status400BadRequest, "");
        }

        if (old != Size || (old == size && !head.AsSpan().SequenceEqual(root)))
        {
            return (StatusCodes.Status409Conflict, $"{Size}\n");
        }

        if (old > 0 && old < size && !IsContinued(old, size, root, head, proof))
        {
            return (StatusCodes.Status422UnprocessableEntity, "");
        }

        (Size, root) = (size, head);
        return (StatusCodes.Status200OK, Misbehave(Cosign(signed)));
    }

    private string Cosign(string text)
    {
        var now = (time.GetUtcNow() + ClockError).ToUnixTimeSeconds();
        var message = Encoding.UTF8.GetBytes($"cosignature/v1\ntime {now}\n{text}");
        var signer = new Ed25519Signer();
        signer.Init(true, secret);
        signer.BlockUpdate(message, 0, message.Length);
        var timestamp = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(timestamp, now);
        byte[] value = [.. KeyId(), .. timestamp, .. signer.GenerateSignature()];
        return $"— {Name} {Convert.ToBase64String(value)}\n";
    }

    private byte[] KeyId() =>
        SHA256.HashData([.. Encoding.UTF8.GetBytes(Name + "\n"), 4, .. secret.GeneratePublicKey().GetEncoded()])[..4];

    private static long OldOf(string body) =>
        long.Parse(body[4..body.IndexOf('\n', StringComparison.Ordinal)], CultureInfo.InvariantCulture);

    // Type 0x02 of c2sp.org/signed-note: ECDSA, whose key id is the hash of the key alone.
    private static bool IsOfLog(string line, string text, (string Origin, byte[] Key) log)
    {
        var parts = line.Split(' ');
        var value = Convert.FromBase64String(parts[2]);
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(log.Key, out _);
        return parts[0] == "—"
            && parts[1] == log.Origin
            && value.AsSpan(0, 4).SequenceEqual(SHA256.HashData(log.Key).AsSpan(0, 4))
            && key.VerifyData(
                Encoding.UTF8.GetBytes(text),
                value.AsSpan(4).ToArray(),
                HashAlgorithmName.SHA256,
                DSASignatureFormat.Rfc3279DerSequence
            );
    }

    // By the definition of the proof (RFC 6962 §2.1.2), from the whole tree down: SUBPROOF(m, D[n], b).
    private static bool IsContinued(long from, long to, byte[] fromRoot, byte[] toRoot, List<byte[]> proof)
    {
        var rest = new Stack<byte[]>(proof);
        try
        {
            var (before, after) = Fold(from, to, fromRoot, true, rest);
            return rest.Count == 0 && before.AsSpan().SequenceEqual(fromRoot) && after.AsSpan().SequenceEqual(toRoot);
        }
        catch (InvalidOperationException)
        {
            return false; // too short
        }
    }

    // The roots of the first m and of all n entries of a subtree; the last hash of the proof belongs to the outermost level.
    private static (byte[] Before, byte[] After) Fold(long m, long n, byte[] known, bool isWhole, Stack<byte[]> rest)
    {
        if (m == n)
        {
            var same = isWhole ? known : rest.Pop();
            return (same, same);
        }

        long k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }

        var sibling = rest.Pop();
        if (m <= k)
        {
            var (left, grown) = Fold(m, k, known, isWhole, rest);
            return (left, Node(grown, sibling));
        }

        var (before, after) = Fold(m - k, n - k, known, false, rest);
        return (Node(sibling, before), Node(sibling, after));
    }

    private static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}
