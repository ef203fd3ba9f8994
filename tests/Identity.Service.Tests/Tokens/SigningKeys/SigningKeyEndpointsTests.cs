using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Ca.Keys.Pkcs11;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Tokens.Binding;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Platform.Health;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.SigningKeys;

[Trait("Attack", "A58")]
public sealed class SigningKeyEndpointsTests
{
    private const string Path = "/v1/oauth/signing_keys";

    [Fact]
    public async Task Rotate_CompromisedKey_EndsItsTokensAndTheNextOnesWork()
    {
        await using var federated = await FederatedService.StartAsync();
        var rule = await federated.RuleAsync();
        var token = await federated.AccessTokenAsync(rule);
        var stolen = (await ListAsync(federated))[0].Text("id");

        var keys = await federated.CreateAsync(
            $"{Path}/rotate",
            new JsonObject { ["compromised_key_id"] = stolen, ["reason"] = "stolen" }
        );

        keys.GetProperty("data").GetArrayLength().ShouldBe(1);
        keys.GetProperty("data")[0].Text("id").ShouldNotBe(stolen);
        keys.GetProperty("data")[0].Text("state").ShouldBe("signing");
        using var refused = await federated.CallAsync("Bearer", token);
        (await refused.ErrorCodeAsync()).ShouldBe("token.key_unknown");
        using var accepted = await federated.CallAsync("Bearer", await federated.AccessTokenAsync(rule));
        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
        var audited = (await federated.GetAsync("/v1/audit")).ToString();
        // The installation's own events belong to no organization's audit.
        audited.ShouldNotContain("token_signing_key_compromised");
    }

    [Fact]
    public async Task Rotate_Ordinary_PublishesAndRefusesNothing()
    {
        await using var federated = await FederatedService.StartAsync();
        var token = await federated.AccessTokenAsync(await federated.RuleAsync());

        var keys = (await federated.CreateAsync($"{Path}/rotate")).GetProperty("data");

        keys.EnumerateArray().Select(key => key.Text("state")).ShouldBe(["published", "signing"]);
        using var accepted = await federated.CallAsync("Bearer", token);
        accepted.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var again = await federated.PostAsync($"{Path}/rotate");
        (await again.ErrorCodeAsync()).ShouldBe("signing_key.pending");
    }

    [Fact]
    public async Task List_WithoutTheInstallationsScope_IsForbidden()
    {
        await using var federated = await FederatedService.StartAsync();
        using var client = federated.Service.Client(await federated.AccessTokenAsync(await federated.RuleAsync()));

        await client
            .GetAsync(Path, TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    [Fact]
    public async Task Exchange_HsmLostItsKey_FailsClosedAndIsNotReady()
    {
        SoftHsm.Ensure();
        var settings = new Pkcs11Settings(SoftHsm.ModulePath, SoftHsm.Token, () => SoftHsm.Pin);
        await using var federated = await FederatedService.StartAsync(options =>
            options with
            {
                Pkcs11 = settings,
                TokenSigning = new TokenSigningOptions { Custody = KeyCustody.Pkcs11 },
            }
        );
        var rule = await federated.RuleAsync();
        (await federated.AccessTokenAsync(rule)).ShouldNotBeEmpty();
        (await ListAsync(federated))[0].Text("custody").ShouldBe("pkcs11");

        new Pkcs11Token(settings).Destroy(federated.Service.Get<SigningKeyRing>().Current.Keys[0].Label!);

        using var response = await federated.ExchangeAsync(rule, federated.Token());
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await response.ErrorCodeAsync()).ShouldBe("signing_key.unavailable");
        federated.Service.Get<SigningKeyRing>().IsFailing.ShouldBeTrue();
        federated
            .Service.Services.GetServices<ReadinessCheck>()
            .Select(check => check.Name)
            .ShouldContain("token_signing");
    }

    private static async Task<List<JsonElement>> ListAsync(FederatedService federated) =>
        [.. (await federated.GetAsync(Path)).GetProperty("data").EnumerateArray()];
}
