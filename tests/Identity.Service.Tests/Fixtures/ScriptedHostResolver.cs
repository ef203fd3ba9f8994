using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Net;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Names mean what a test says, and nothing else; questions are counted. No test asks the network.</summary>
internal sealed class ScriptedHostResolver : IHostResolver
{
    private readonly ConcurrentDictionary<string, Func<string[]>> names = new();
    private int questions;

    public int Questions => Volatile.Read(ref questions);

    public void Set(string name, params string[] addresses) => names[name] = () => addresses;

    /// <summary>Each question gets the next answer: a name that changes its mind.</summary>
    public void SetEach(string name, Func<string[]> answer) => names[name] = answer;

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref questions);
        return names.TryGetValue(host, out var answer)
            ? ValueTask.FromResult<IReadOnlyList<IPAddress>>([.. answer().Select(IPAddress.Parse)])
            : throw new SocketException((int)SocketError.HostNotFound);
    }
}
