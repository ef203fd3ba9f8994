using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Platform.Timing;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Culvert.Identity.Service.Mail;

/// <summary>Sends each message to the configured relay, on its own connection.</summary>
internal sealed class SmtpRelay(
    Current<MailOptions> mail,
    Current<OutboundOptions> outbound,
    ServiceIdentity identity,
    TimeProvider time
) : IMailRelay
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // For EHLO.
    private readonly string ownName = new Uri(identity.PublicUrl).IdnHost;
    private readonly OutboundDialer dialer = new(outbound.Value.Network);

    public async Task<MailFailure?> SendAsync(MailNote note, CancellationToken cancellationToken)
    {
        using var deadline = new TimeLimit(Longest, time, cancellationToken);
        var options = mail.Value;
        try
        {
            using var message = ToMessage(note, options);
            using var client = new SmtpClient { LocalDomain = ownName };
            var connection = await ConnectAsync(options, deadline.Token);
            await client.ConnectAsync(connection, options.Host, options.Port, SecureSocketOptions.None, deadline.Token);
            if (options.Username.Length > 0)
            {
                await client.AuthenticateAsync(options.Username, options.Password!.Read(), deadline.Token);
            }

            await client.SendAsync(message, deadline.Token);
            await client.DisconnectAsync(quit: true, deadline.Token);
            return null;
        }
        catch (SmtpCommandException refusal)
        {
            // RFC 5321 §4.2.1: 5yz is permanent. The relay's text is not used.
            return new MailFailure($"The relay answered {(int)refusal.StatusCode}.", (int)refusal.StatusCode >= 500);
        }
        catch (Exception fault)
            when (fault
                    is IOException
                        or SocketException
                        or System.Security.Authentication.AuthenticationException
                        or MailKit.Security.AuthenticationException
                        or ProtocolException
                        or CryptographicException
                        or UnauthorizedAccessException
                        or NotSupportedException
                        or SecretUnavailableException
            )
        {
            return new MailFailure($"The relay could not be used: {fault.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new MailFailure("The relay did not answer in time.");
        }
    }

    private async Task<Stream> ConnectAsync(MailOptions options, CancellationToken cancellationToken)
    {
        var connection = await dialer.ConnectAsync(options.Host, options.Port, cancellationToken);
        try
        {
            if (options.Tls == MailTls.None)
            {
                return connection;
            }

            if (options.Tls == MailTls.StartTls)
            {
                await SmtpUpgrade.RequestAsync(connection, ownName, cancellationToken);
            }

            var tls = new SslStream(connection);
            connection = tls;
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = options.Host,
                    CertificateChainPolicy = SystemRoots.Policy(
                        outbound.Value.Network.CaBundle,
                        options.CaFile.Length > 0 ? options.CaFile : null
                    ),
                },
                cancellationToken
            );
            return options.Tls == MailTls.StartTls ? new GreetedStream(tls) : tls;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private MimeMessage ToMessage(MailNote note, MailOptions options)
    {
        var domain = options.From[(options.From.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var message = new MimeMessage
        {
            Subject = note.Subject,
            MessageId = $"{note.Id}@{domain}",
            Date = time.GetUtcNow(),
            Body = new TextPart("plain") { Text = note.Text },
        };
        message.From.Add(new MailboxAddress("Culvert", options.From));
        message.To.Add(new MailboxAddress("", note.To));
        message.Headers.Add("Auto-Submitted", "auto-generated"); // RFC 3834: no vacation answers
        return message;
    }
}
