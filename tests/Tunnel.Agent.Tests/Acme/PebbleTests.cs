using System.Buffers.Text;
using System.Security.Cryptography.X509Certificates;
using Culvert.Jose.Keys;
using Culvert.Platform.Certificates;
using Culvert.Platform.Secrets;
using Culvert.Testing;
using Culvert.Testing.Dns;
using Culvert.Tunnel.Agent.Acme;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Acme;

/// <summary>The client against a real ACME CA.</summary>
public sealed class PebbleTests : IAsyncLifetime
{
    private const string Name = "docs.t1.example.test";

    private readonly ScriptedDns dns = ScriptedDns.Start();
    private readonly ChallengeDoor door = new();
    private readonly SigningKey key = SigningKey.Create();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        dns.Address(Name, "127.0.0.1");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await door.DisposeAsync();
        await dns.DisposeAsync();
        key.Dispose();
    }

    [Fact]
    public async Task Issue_FiveInTheHundredNoncesRefused_GivesACertificateForTheNameAlone()
    {
        await using var pebble = await Pebble.StartAsync(dns.EndPoint, door.Port);
        var client = new AcmeClient(Settings(pebble), key, TimeProvider.System);
        (await client.RegisterAsync(Token)).ShouldStartWith("https://127.0.0.1:");

        var pair = await Issuer(client).IssueAsync(Name, null, Journal(), Token);

        await ShouldVouchAsync(pebble, pair);
        pair.Certificate.MatchesHostname(Name).ShouldBeTrue();
        pair.Chain.Count.ShouldBe(1);
        AcmeRequest.GetRenewalId(pair).ShouldNotBeNull().ShouldContain('.');
    }

    [Theory]
    [InlineData("PEBBLE_WFE_NONCEREJECT", "25")]
    [InlineData("PEBBLE_AUTHZREUSE", "100")]
    [InlineData("PEBBLE_CHAIN_LENGTH", "3")]
    public async Task Issue_SwitchOfTheCa_GivesTwoCertificatesWithTwoKeys(string name, string value)
    {
        await using var pebble = await Pebble.StartAsync(dns.EndPoint, door.Port, null, (name, value));
        var client = new AcmeClient(Settings(pebble), key, TimeProvider.System);
        await client.RegisterAsync(Token);
        var issuer = Issuer(client);

        var first = await issuer.IssueAsync(Name, null, Journal(), Token);
        var second = await issuer.IssueAsync(Name, AcmeRequest.GetRenewalId(first), Journal(), Token);

        await ShouldVouchAsync(pebble, second);
        second.Certificate.GetPublicKey().ShouldNotBe(first.Certificate.GetPublicKey());
        door.Opened.ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task Register_SameKeyAgain_IsTheSameAccount()
    {
        await using var pebble = await Pebble.StartAsync(dns.EndPoint, door.Port);

        var first = await new AcmeClient(Settings(pebble), key, TimeProvider.System).RegisterAsync(Token);
        var again = await new AcmeClient(Settings(pebble), key, TimeProvider.System).RegisterAsync(Token);

        again.ShouldBe(first);
    }

    [Fact]
    public async Task Order_AccountOfAnEarlierLifeOfTheCa_IsUnknown()
    {
        await using var pebble = await Pebble.StartAsync(dns.EndPoint, door.Port);
        var client = new AcmeClient(Settings(pebble), key, TimeProvider.System);
        await client.RegisterAsync(Token);
        await pebble.KillAsync();
        await pebble.StartAsync();

        (await Refused(() => client.OrderAsync(Name, null, Token))).ShouldBe(AcmeReason.AccountUnknown);
    }

    [Fact]
    public async Task Directory_CaIsDown_IsUnreachable()
    {
        await using var pebble = await Pebble.StartAsync(dns.EndPoint, door.Port);
        await pebble.KillAsync();

        (
            await Refused(() => new AcmeClient(Settings(pebble), key, TimeProvider.System).DirectoryAsync(Token))
        ).ShouldBe(AcmeReason.Unreachable);
    }

    [Fact]
    public async Task Directory_AddressNotAllowed_IsUnreachable()
    {
        await using var pebble = await Pebble.StartAsync(dns.EndPoint, door.Port);
        var settings = Settings(pebble) with { AllowedRanges = Platform.Addresses.AddressRanges.Empty };

        (await Refused(() => new AcmeClient(settings, key, TimeProvider.System).DirectoryAsync(Token))).ShouldBe(
            AcmeReason.Unreachable
        );
    }

    [Fact]
    public async Task Issue_SomebodyElseAnswers_IsAnIncorrectResponse()
    {
        await using var pebble = await Pebble.StartAsync(dns.EndPoint, door.Port);
        var client = new AcmeClient(Settings(pebble), key, TimeProvider.System);
        await client.RegisterAsync(Token);
        door.ShowsAnother = true;

        (await Refused(() => Issuer(client).IssueAsync(Name, null, Journal(), Token))).ShouldBe(
            AcmeReason.IncorrectResponse
        );
    }

    [Fact]
    public async Task Register_ExternalAccount_IsBoundByItsKeyAlone()
    {
        var mac = Base64Url.EncodeToString(new byte[32]);
        var folder = Directory.CreateTempSubdirectory("culvert-acme-");
        await using var pebble = await Pebble.StartAsync(dns.EndPoint, door.Port, ("kid-1", mac));
        var unbound = Settings(pebble);
        var bound = unbound with { ExternalKeyId = "kid-1", ExternalKey = Secret(folder, "good", mac) };
        var wrong = bound with { ExternalKey = Secret(folder, "wrong", Base64Url.EncodeToString("other"u8)) };
        var garbled = bound with { ExternalKey = Secret(folder, "garbled", "!") };

        (await Refused(() => Client(unbound).RegisterAsync(Token))).ShouldBe(AcmeReason.ExternalAccount);
        (await Refused(() => Client(wrong).RegisterAsync(Token))).ShouldBe(AcmeReason.AccountRefused);
        (await Refused(() => Client(garbled).RegisterAsync(Token))).ShouldBe(AcmeReason.SecretUnavailable);
        (await Client(bound).RegisterAsync(Token)).ShouldNotBeEmpty();
        folder.Delete(recursive: true);
    }

    private AcmeClient Client(AcmeSettings settings) => new(settings, key, TimeProvider.System);

    private AcmeIssuer Issuer(AcmeClient client) => new(client, door, KeyType.EcdsaP256, TimeProvider.System);

    private static AcmeSettings Settings(Pebble pebble) =>
        AcmeSettings.None with
        {
            Directory = pebble.DirectoryUrl,
            Roots = [pebble.ServerRoot],
            AllowedRanges = Support.Tunnel.Ranges("127.0.0.0/8"),
            Contact = ["mailto:ops@example.test"],
        };

    private static SecretReference Secret(DirectoryInfo folder, string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        PrivateFile.WriteNew(path, System.Text.Encoding.ASCII.GetBytes(text));
        return SecretReference.ToFile(path);
    }

    private static async Task<AcmeReason> Refused(Func<Task> act) =>
        (await Should.ThrowAsync<AcmeException>(act)).Reason;

    private static async Task ShouldVouchAsync(Pebble pebble, KeyAndCertificate pair)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(await pebble.RootAsync());
        chain.ChainPolicy.ExtraStore.AddRange(pair.Chain.ToArray());
        chain.Build(pair.Certificate).ShouldBeTrue();
    }

    private static AcmeJournal.Entry Journal() =>
        new AcmeJournal(NoTrail.Instance, "", TimeProvider.System).Begin(Name, "", null);
}
