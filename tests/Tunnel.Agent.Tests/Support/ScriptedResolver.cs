using System.Net;
using Culvert.Platform.Net;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>Gives each answer once, then the last one for ever.</summary>
internal sealed class ScriptedResolver(params string[][] answers) : IHostResolver
{
    private int asked;

    public int Asked => asked;

    public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var answer = answers[Math.Min(Interlocked.Increment(ref asked), answers.Length) - 1];
        return ValueTask.FromResult<IReadOnlyList<IPAddress>>([.. answer.Select(IPAddress.Parse)]);
    }
}
