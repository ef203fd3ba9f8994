using Culvert.Tunnel.Agent.Credentials;

namespace Culvert.Tunnel.Agent.Tests.Credentials;

/// <summary>Assertions as the test says; takes down the audiences.</summary>
internal sealed class ScriptedAssertions(Func<string, IssuedToken> answer) : IAssertionSource
{
    public List<string> Audiences { get; } = [];

    public ValueTask<IssuedToken> GetAsync(string audience, CancellationToken cancellationToken)
    {
        Audiences.Add(audience);
        return new(answer(audience));
    }
}
