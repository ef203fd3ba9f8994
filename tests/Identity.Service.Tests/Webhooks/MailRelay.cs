using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Culvert.Identity.Service.Tests.Webhooks;

/// <summary>A mail relay on loopback that speaks SMTP (RFC 5321) with STARTTLS or TLS, PLAIN and LOGIN, over real sockets.</summary>
internal sealed class MailRelay : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<Mail> mails = new();
    private Task accepting = Task.CompletedTask;

    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Sent with the certificate.</summary>
    public required X509Certificate2 Issuing { get; init; }

    /// <summary>TLS from the first byte.</summary>
    public bool IsImplicit { get; init; }

    public bool OffersStartTls { get; init; } = true;

    /// <summary>What it answers to a recipient.</summary>
    public string RecipientReply { get; set; } = "250 ok";

    public string Password { get; set; } = "secret";

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public IReadOnlyList<Mail> Mails => [.. mails];

    public MailRelay Start()
    {
        listener.Start();
        accepting = AcceptAsync();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            using var client = await listener.AcceptTcpClientAsync(stop.Token);
            try
            {
                await ServeAsync(client.GetStream());
            }
            catch (Exception fault)
                when (fault is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The client left, or did not trust the certificate.
            }
        }
    }

    private async Task ServeAsync(Stream stream)
    {
        var isSecure = IsImplicit;
        stream = IsImplicit ? await SecureAsync(stream) : stream;
        var (from, to, user) = ("", "", "");
        await SendAsync(stream, "220 relay.test");
        while (await ReadLineAsync(stream) is { } line)
        {
            var verb = line.Split(' ')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    var offers =
                        isSecure ? "250-AUTH PLAIN LOGIN\r\n"
                        : OffersStartTls ? "250-STARTTLS\r\n"
                        : "";
                    await SendAsync(stream, $"250-relay.test\r\n{offers}250 8BITMIME");
                    break;
                case "STARTTLS":
                    await SendAsync(stream, "220 go ahead");
                    stream = await SecureAsync(stream);
                    isSecure = true;
                    break;
                case "AUTH":
                    var given = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[^1])).Split('\0');
                    user = given[1];
                    await SendAsync(stream, given[2] == Password ? "235 ok" : "535 wrong");
                    break;
                case "MAIL":
                    from = line;
                    await SendAsync(stream, "250 ok");
                    break;
                case "RCPT":
                    to = line;
                    await SendAsync(stream, RecipientReply);
                    break;
                case "DATA":
                    await SendAsync(stream, "354 go ahead");
                    mails.Enqueue(new Mail(from, to, user, isSecure, await ReadDataAsync(stream)));
                    await SendAsync(stream, "250 taken");
                    break;
                case "QUIT":
                    await SendAsync(stream, "221 bye");
                    return;
                default:
                    await SendAsync(stream, "250 ok");
                    break;
            }
        }
    }

    private async Task<Stream> SecureAsync(Stream stream)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(Certificate, [Issuing], offline: true),
            },
            stop.Token
        );
        return tls;
    }

    private async Task<string> ReadDataAsync(Stream stream)
    {
        var text = new StringBuilder();
        while (await ReadLineAsync(stream) is { } line && line != ".")
        {
            text.Append(line.StartsWith("..", StringComparison.Ordinal) ? line[1..] : line).Append('\n');
        }

        return text.ToString();
    }

    private async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, stop.Token) > 0)
        {
            if (one[0] == (byte)'\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }

    private ValueTask SendAsync(Stream stream, string reply) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(reply + "\r\n"), stop.Token);

    /// <param name="From">The command.</param>
    /// <param name="To">The command.</param>
    /// <param name="User">Who authenticated.</param>
    /// <param name="IsSecure">Whether it came over TLS.</param>
    /// <param name="Data">Header and body.</param>
    internal sealed record Mail(string From, string To, string User, bool IsSecure, string Data)
    {
        public MimeKit.MimeMessage Message =>
            MimeKit.MimeMessage.Load(
                new MemoryStream(Encoding.UTF8.GetBytes(Data)),
                TestContext.Current.CancellationToken
            );
    }
}
