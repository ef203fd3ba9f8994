using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Tests.Authorization;

public sealed class SessionBindingTests
{
    private readonly SessionKey key = new();

    [Theory]
    [InlineData("s-1")]
    [InlineData("a.b.c")]
    [InlineData("!~")]
    [InlineData("")]
    public void TryOpen_ByItsOwner_GivesTheUpstreamsId(string id) =>
        Opened(new SessionBinding("docs", key), Bound(id), Of("alice")).ShouldBe(id);

    [Fact]
    public void TryBind_Id_HasATagOf22CharactersBehindIt() => Bound("s-1").ShouldMatch(@"^s-1\.[A-Za-z0-9_-]{22}$");

    [Fact]
    public void TryOpen_ByAnotherPrincipal_IsRefused()
    {
        var binding = new SessionBinding("docs", key);
        var alice = Of("alice");

        Opened(binding, Bound("s-1"), Of("bob")).ShouldBeNull();
        Opened(binding, Bound("s-1"), alice with { Issuer = "https://other" }).ShouldBeNull();
        Opened(binding, Bound("s-1"), alice with { ClientId = "d" }).ShouldBeNull();
        Opened(binding, Bound("s-1"), alice with { Subject = "alicec", ClientId = "" }).ShouldBeNull();
    }

    [Fact]
    public void TryOpen_OnAnotherRouteOrUnderAnotherKey_IsRefused()
    {
        Opened(new SessionBinding("mail", key), Bound("s-1"), Of("alice")).ShouldBeNull();
        Opened(new SessionBinding("docs", new SessionKey()), Bound("s-1"), Of("alice")).ShouldBeNull();
    }

    [Fact]
    public void TryOpen_WithoutATagOrWithAChangedOne_IsRefused()
    {
        var binding = new SessionBinding("docs", key);
        var bound = Bound("s-1");
        var last = bound[^1] == 'A' ? 'B' : 'A';

        foreach (
            var wrong in new[]
            {
                "",
                "s-1",
                ".",
                bound[3..],
                bound[..^1],
                bound + "A",
                bound[..^1] + last,
                bound[..^1] + "\u00e9",
                "s-2" + bound[3..],
                bound.Replace('.', '-'),
            }
        )
        {
            Opened(binding, wrong, Of("alice")).ShouldBeNull(wrong);
        }
    }

    [Theory]
    [InlineData(SessionBinding.MaxIdLength, true)]
    [InlineData(SessionBinding.MaxIdLength + 1, false)]
    public void TryBind_LongId_IsBoundUpToTheLimit(int length, bool isBound)
    {
        var binding = new SessionBinding("docs", key);
        var id = new string('s', length);

        binding.TryBind(id, Of("alice"), out var bound).ShouldBe(isBound);

        (bound is null ? null : Opened(binding, bound, Of("alice"))).ShouldBe(isBound ? id : null);
    }

    private string Bound(string id) =>
        new SessionBinding("docs", key).TryBind(id, Of("alice"), out var bound) ? bound : "";

    private static string? Opened(SessionBinding binding, string bound, Principal principal) =>
        binding.TryOpen(bound, principal, out var id) ? id : null;

    private static Principal Of(string subject) =>
        new()
        {
            Issuer = "https://as",
            Subject = subject,
            ClientId = "c",
            Scopes = [],
            EndsAt = DateTimeOffset.MaxValue,
            KeyThumbprint = null,
        };
}
