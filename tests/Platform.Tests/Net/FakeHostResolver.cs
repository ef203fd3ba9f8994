using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Net;

namespace Culvert.Platform.Tests.Net;

/// <summary>Names mean what a test says, and questions are counted.</summary>
internal sealed class FakeHostResolver : IHostResolver
{
    private readonly Dictionary<string, Func<IReadOnlyList<IPAddress>>> names = [];

    public int Questions { get; private set; }

    public FakeHostResolver With(string name, params string[] addresses) =>
        With(name, () => [.. addresses.Select(IPAddress.Parse)]);

    public FakeHostResolver With(string name, Func<IReadOnlyList<IPAddress>> answer)
    {
        names[name] = answer;
        return this;
    }

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Questions++;
        return names.TryGetValue(host, out var answer)
            ? ValueTask.FromResult(answer())
            : throw new SocketException((int)SocketError.HostNotFound);
    }
}
