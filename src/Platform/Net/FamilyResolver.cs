using System.Net;
using System.Net.Sockets;

namespace Culvert.Platform.Net;

/// <summary>Returns only addresses of one family; with <see cref="AddressFamily.Unspecified"/>, all.</summary>
internal sealed class FamilyResolver(IHostResolver inner, AddressFamily family) : IHostResolver
{
    public async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var found = await inner.ResolveAsync(host, cancellationToken);
        return family == AddressFamily.Unspecified ? found : [.. found.Where(a => a.AddressFamily == family)];
    }
}
