using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tokens.Binding;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Binding;

public sealed class DpopNoncesTests
{
    private readonly FakeTimeProvider time = new();
    private readonly StoreSettings options = ServiceUnderTest.OptionsIn("/").StoreSettings;

    [Fact]
    public void Accepts_OwnNonce_ForFiveMinutes()
    {
        var nonces = new DpopNonces(options, time);
        var nonce = nonces.Current;

        nonces.Accepts(nonce).ShouldBeTrue();
        nonces.Current.ShouldBe(nonce);
        time.Advance(TimeSpan.FromMinutes(DpopNonces.AcceptedMinutes - 1));
        nonces.Accepts(nonce).ShouldBeTrue();
        nonces.Current.ShouldNotBe(nonce);
        time.Advance(TimeSpan.FromMinutes(1));
        nonces.Accepts(nonce).ShouldBeFalse();
    }

    [Fact]
    public void Accepts_NonceOfAnotherNodeOrStart_IsFalse()
    {
        var nonce = new DpopNonces(options, time).Current;

        new DpopNonces(options, time).Accepts(nonce).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAA\u00e9")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAA ")]
    public void Accepts_ForeignText_IsFalse(string? nonce)
    {
        new DpopNonces(options, time).Accepts(nonce).ShouldBeFalse();
    }

    [Fact]
    public void Accepts_ChangedNonce_IsFalse()
    {
        var nonces = new DpopNonces(options, time);
        var nonce = nonces.Current;

        nonces.Accepts((nonce[0] == 'A' ? 'B' : 'A') + nonce[1..]).ShouldBeFalse();
        nonces.Accepts(nonce[..10] + (nonce[10] == 'A' ? 'B' : 'A') + nonce[11..]).ShouldBeFalse();
    }
}
