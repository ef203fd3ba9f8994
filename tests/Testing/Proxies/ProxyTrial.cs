using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Culvert.Testing.Proxies;

/// <summary>
/// One request of an outbound client through a proxy that records (S40). Every client takes all <see cref="Rows"/>: a proxy
/// learns where it goes and no more, and nothing is sent to a target that has not proved itself.
/// </summary>
public sealed class ProxyTrial : IAsyncDisposable
{
    /// <summary>The trait of a test that puts a client through its trials; the value is its source file under <c>src</c>.</summary>
    public const string Client = "Outbound";

    /// <summary>What the request says, in as many places as it can; nothing else contains it.</summary>
    public const string Mark = "UnmistakableMark";

    public const string Host = "target.example";

    /// <summary>To which <see cref="Host"/> resolves, where the client resolves it: a public one.</summary>
    public const string Address = "93.184.216.34";

    private static readonly TestPki Stranger = new(TimeProvider.System.GetUtcNow(), "Stranger");
    private static readonly TestPki Company = new(TimeProvider.System.GetUtcNow(), "Proxy");

    private static readonly SslStreamCertificateContext ProxyCertificate = SslStreamCertificateContext.Create(
        Company.Issue(dnsNames: ["127.0.0.1"], usages: [TestPki.ServerAuthentication]),
        [Company.Issuing],
        offline: true
    );

    private readonly ConcurrentQueue<string> toImpostor = [];
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-proxy-").FullName;
    private ITrialTarget? target;
    private ConnectProxy? proxy;

    private ProxyTrial()
    {
        File.WriteAllText(TargetRootsFile, TargetPki.RootPem);
        File.WriteAllText(BundleFile, Company.RootPem + TargetPki.RootPem);
    }

    /// <summary>The scheme of the proxy, and what is at the end of its tunnel.</summary>
    public static IEnumerable<(string Scheme, WayToTarget Way)> Rows =>
        from scheme in new[] { "http", "https" }
        from way in Enum.GetValues<WayToTarget>()
        select (scheme, way);

    /// <summary>Who issues the certificates of the target.</summary>
    public static TestPki TargetPki { get; } = new(TimeProvider.System.GetUtcNow(), "Target");

    public Uri ProxyUrl => proxy!.Url;

    /// <summary>Of the target: the proxy connects to where it listens in truth.</summary>
    public static Uri Url { get; } = new($"https://{Host}/");

    /// <summary>The only roots that count for the target, for clients that have a setting for them.</summary>
    public string TargetRootsFile => Path.Combine(folder, "target.pem");

    /// <summary>
    /// For <c>network.ca_bundle</c>: the proxy's roots, and the target's. Where the bundle counts for targets too, the name in
    /// the proxy's certificate is all that is wrong with it.
    /// </summary>
    public string BundleFile => Path.Combine(folder, "bundle.pem");

    /// <summary>Writes a file that only its owner may read, as files with secrets must be.</summary>
    public string WriteSecret(string name, string content)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, content);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    /// <summary>Runs one row.</summary>
    /// <param name="scheme">Of the proxy.</param>
    /// <param name="way">What is at the end of the tunnel.</param>
    /// <param name="refusal">What the client says when the target has not proved itself.</param>
    /// <param name="call">
    /// Sends a request with the mark to <see cref="Url"/>, and gives what the client says of a failure; null = it describes none.
    /// </param>
    /// <param name="terms">What is special about the client.</param>
    public static async Task RunAsync(
        string scheme,
        WayToTarget way,
        string refusal,
        Func<ProxyTrial, Task<string?>> call,
        ProxyTrialTerms? terms = null
    )
    {
        await using var trial = new ProxyTrial();
        await trial.StartAsync(scheme, way, terms ?? new ProxyTrialTerms());
        var failure = await call(trial);
        trial.Judge(way, refusal, failure, terms?.Unproven);
    }

    public async ValueTask DisposeAsync()
    {
        if (proxy is not null)
        {
            await proxy.DisposeAsync();
        }

        if (target is not null)
        {
            await target.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task StartAsync(string scheme, WayToTarget way, ProxyTrialTerms terms)
    {
        var pki = way == WayToTarget.OtherAuthority ? Stranger : TargetPki;
        var certificate = (terms.Issue ?? Issue)(pki, way == WayToTarget.OtherName);
        target = terms.Target is { } start
            ? start(certificate, pki.Issuing)
            : await HttpTrialTarget.StartAsync(certificate, pki.Issuing, terms.Answer);
        proxy = new ConnectProxy
        {
            Open = true,
            IsRecording = true,
            Target = target.Port,
            Certificate = scheme == "https" ? ProxyCertificate : null,
            Impostor = way switch
            {
                WayToTarget.ProxyInClear => AnswerInClearAsync,
                WayToTarget.ProxyByTls => AnswerByTlsAsync,
                _ => null,
            },
        };
    }

    private static X509Certificate2 Issue(TestPki pki, bool isWrong) =>
        pki.Issue(dnsNames: [isWrong ? $"other.{Host}" : Host], usages: [TestPki.ServerAuthentication]);

    // In clear it hears the beginning of a handshake, which the record has.
    private static Task AnswerInClearAsync(Stream stream, CancellationToken cancellationToken) =>
        AnswerAsync(stream, static _ => { }, cancellationToken);

    private async Task AnswerByTlsAsync(Stream stream, CancellationToken cancellationToken)
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificateContext = ProxyCertificate },
            cancellationToken
        );
        await AnswerAsync(tls, toImpostor.Enqueue, cancellationToken);
    }

    // A success that clients would act on, if they believed it.
    private static async Task AnswerAsync(Stream stream, Action<string> hear, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var count = await stream.ReadAsync(buffer, cancellationToken);
        if (count > 0)
        {
            hear(Encoding.Latin1.GetString(buffer, 0, count));
            await stream.WriteAsync(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(),
                cancellationToken
            );
        }
    }

    private void Judge(WayToTarget way, string refusal, string? failure, string? unproven)
    {
        Expect(proxy!.Records.Count > 0, "The client did not use the proxy.", failure);
        foreach (var record in proxy.Records)
        {
            Expect(record.Head.StartsWith("CONNECT ", StringComparison.Ordinal), "It asked no CONNECT.", record.Text);
            Expect(!record.Text.Contains(Mark, StringComparison.OrdinalIgnoreCase), "The proxy read it.", record.Text);

            // RFC 8446 §5.1: a record of the handshake, in a version of TLS.
            Expect(
                record.Content.Length == 0 || record.Content.StartsWith("\x16\x03", StringComparison.Ordinal),
                "What followed CONNECT is not TLS.",
                record.Content
            );
        }

        var seen = target!.Seen.Concat(toImpostor).ToList();
        if (way == WayToTarget.Genuine)
        {
            Expect(
                seen.Exists(request => request.Contains(Mark, StringComparison.Ordinal)),
                "The request did not arrive.",
                failure
            );
            Expect(failure?.Contains(refusal, StringComparison.Ordinal) is not true, "It was refused.", failure);
            return;
        }

        Expect(
            seen.TrueForAll(request => unproven is not null && request.Contains(unproven, StringComparison.Ordinal)),
            "It was sent to a target that is not proved.",
            string.Join('\n', seen)
        );
        Expect(
            !seen.Exists(request => request.Contains(Mark, StringComparison.Ordinal)),
            "The mark was sent.",
            failure
        );
        Expect(
            failure?.Contains(refusal, StringComparison.Ordinal) is true,
            $"It does not say \"{refusal}\".",
            failure
        );
    }

    private static void Expect(bool holds, string otherwise, string? evidence)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"{otherwise} {evidence ?? "No failure was told."}");
        }
    }
}
