using System.Globalization;
using Culvert.Tunnel.Agent.Authorization;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

public sealed class SessionBindingsTests
{
    private readonly SessionBindings sessions = new();

    [Fact]
    public void Bind_MintedId_BeatsWhoeverClaimedItBefore()
    {
        sessions.TryUse("s", Of("bob")).ShouldBeTrue();

        sessions.Bind("s", Of("alice"));

        sessions.TryUse("s", Of("alice")).ShouldBeTrue();
        sessions.TryUse("s", Of("bob")).ShouldBeFalse();
    }

    [Fact]
    public void Forget_EndedSession_LeavesNothing()
    {
        sessions.Bind("s", Of("alice"));

        sessions.Forget("s");

        sessions.TryUse("s", Of("bob")).ShouldBeTrue();
    }

    [Fact]
    public void Use_ManySessionsOfOne_PushOutTheirOwnAlone()
    {
        sessions.Bind("alices", Of("alice"));

        for (var i = 0; i <= SessionBindings.MaxPerPrincipal; i++)
        {
            sessions.TryUse(i.ToString(CultureInfo.InvariantCulture), Of("mallory"));
        }

        sessions.TryUse("alices", Of("bob")).ShouldBeFalse();
        sessions.TryUse("1", Of("bob")).ShouldBeFalse();
        sessions.TryUse("0", Of("bob")).ShouldBeTrue();
    }

    [Fact]
    public void Bind_IdTakenFromAnother_IsNotPushedOutByThatOnesSessions()
    {
        sessions.TryUse("older", Of("mallory"));
        sessions.TryUse("s", Of("mallory"));
        sessions.Bind("s", Of("alice"));

        for (var i = 0; i <= SessionBindings.MaxPerPrincipal; i++)
        {
            sessions.TryUse(i.ToString(CultureInfo.InvariantCulture), Of("mallory"));
        }

        sessions.TryUse("s", Of("bob")).ShouldBeFalse();
    }

    private static Principal Of(string subject) =>
        new()
        {
            Issuer = "https://as",
            Subject = subject,
            ClientId = "c",
            Scopes = new HashSet<string>(),
            EndsAt = DateTimeOffset.MaxValue,
            KeyThumbprint = null,
        };
}
