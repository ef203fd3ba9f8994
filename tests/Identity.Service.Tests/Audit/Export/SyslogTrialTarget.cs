using System.Security.Cryptography.X509Certificates;
using Culvert.Testing.Proxies;

namespace Culvert.Identity.Service.Tests.Audit.Export;

/// <summary>A syslog server that clients reach by a proxy.</summary>
internal sealed class SyslogTrialTarget(X509Certificate2 leaf, X509Certificate2 issuing) : ITrialTarget
{
    private readonly SyslogReceiver receiver = new(leaf, issuing);

    public int Port => receiver.Port;

    public IEnumerable<string> Seen => receiver.Messages;

    public ValueTask DisposeAsync() => receiver.DisposeAsync();
}
