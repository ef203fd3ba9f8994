using System.Security.Cryptography.X509Certificates;
using Culvert.Testing.Proxies;

namespace Culvert.Identity.Service.Tests.Webhooks;

/// <summary>A mail relay that clients reach by a proxy, by TLS from the first byte.</summary>
internal sealed class MailTrialTarget : ITrialTarget
{
    private readonly MailRelay relay;

    public MailTrialTarget(X509Certificate2 leaf, X509Certificate2 issuing) =>
        relay = new MailRelay
        {
            Certificate = leaf,
            Issuing = issuing,
            IsImplicit = true,
            Password = ProxyTrial.Mark,
        }.Start();

    public int Port => relay.Port;

    public IEnumerable<string> Seen => relay.Mails.Select(mail => mail.ToString());

    public ValueTask DisposeAsync() => relay.DisposeAsync();
}
