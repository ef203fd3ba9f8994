using System.Net;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Approvals;

/// <summary>S34: approvals count people, whatever each of them uses to sign in.</summary>
public sealed class PersonsTests
{
    private const string Provider = "https://login.example.com";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_KeyConsoleAndTwoIssuerRecordsOfOnePerson_AreOne()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        var persons = bench.Service.Get<PersonIdentification>();
        var (_, key) = await bench.PersonAsync("Ada", owner: new KeyOwner(Provider, "ada"));
        var console = PersonId.FromSubject(Provider, "ada");

        (await persons.OfKeyAsync(key, Cancellation)).ShouldBe(console);
        for (var record = 0; record < 2; record++)
        {
            var token = await FederatedAsync(bench, $"idp-{record}", "ada");
            (await persons.OfAsync(token, Cancellation)).ShouldBe(console);
        }

        (await persons.OfAsync(await FederatedAsync(bench, "idp-3", "bob"), Cancellation)).ShouldNotBe(console);
    }

    [Fact]
    public async Task Of_KeyMadeWithAKeyThatNamesAPerson_IsThatPerson()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        var (_, first) = await bench.PersonAsync("Ada", owner: new KeyOwner(Provider, "ada"));
        var (_, second) = await bench.PersonAsync("For Bob", madeWith: first);

        (await bench.Service.Get<PersonIdentification>().OfKeyAsync(second, Cancellation)).ShouldBe(
            PersonId.FromSubject(Provider, "ada")
        );
    }

    [Theory]
    [InlineData("key:a", "key:b", null)]
    [InlineData("key:a", "key:a", "ca.two_person")]
    [InlineData("ada", "ada", "ca.two_person")]
    [InlineData("ada", "bob", null)]
    [InlineData("key:a", "ada", "approval.person_unknown")]
    [InlineData("ada", "key:a", "approval.person_unknown")]
    [InlineData(null, "ada", null)]
    [InlineData(null, "key:a", null)]
    public void CheckAreTwo_EveryPair_HasItsAnswer(string? first, string second, string? code)
    {
        static string? Named(string? who) =>
            who is null || who.StartsWith("key:", StringComparison.Ordinal) ? who : PersonId.FromSubject(Provider, who);

        var refusal = PersonIdentification.CheckAreTwo(Named(first), Named(second)!, AuthorityErrors.TwoPerson);

        (refusal is null ? null : refusal.Code.Code).ShouldBe(code);
    }

    [Fact]
    public async Task Approve_OnePersonWithKeyAndToken_IsRefusedEachWay()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        var (key, _) = await bench.PersonAsync("Ada", owner: new KeyOwner(Provider, "ada"));
        var (unnamed, _) = await bench.PersonAsync("no person");
        var (bob, _) = await bench.PersonAsync("Bob", owner: new KeyOwner(Provider, "bob"));
        using var token = bench.Service.Client(bench.Machines.Tokens.Add(await FederatedAsync(bench, "idp", "ada")));
        var id = await bench.CreateAsync();
        var chain = await bench.SignedAsync(id);
        using (key)
        using (unnamed)
        using (bob)
        {
            (await bench.Upload(id, chain, token)).StatusCode.ShouldBe(HttpStatusCode.OK);

            await bench.Approve(id, chain, token).ShouldRefuseAsync(HttpStatusCode.Forbidden, "approval.federated");
            await bench.Approve(id, chain, key).ShouldRefuseAsync(HttpStatusCode.Forbidden, "ca.two_person");
            await bench
                .Approve(id, chain, unnamed)
                .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approval.person_unknown");
            using var approved = await bench.Approve(id, chain, bob);
            approved.StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Override_ByAWorkload_IsRefusedAndItsCommandIsNoSecondVote()
    {
        await using var bench = await AuthorityBench.StartAsync(singleApproval: false);
        var (bob, _) = await bench.PersonAsync("Bob");
        using var token = bench.Service.Client(bench.Machines.Tokens.Add(await FederatedAsync(bench, "idp", "robot")));
        var id = await bench.CreateAsync();
        var chain = await bench.SignedAsync(id);
        using (bob)
        {
            (await bench.Upload(id, chain)).Dispose();
            (await bench.Approve(id, chain, bob)).Dispose();
            var missing = new { missing = new[] { id }, reason = "gone" };

            await bench
                .Run(id, "override", missing, token)
                .ShouldRefuseAsync(HttpStatusCode.Forbidden, "approval.federated");
            (await bench.Run(id, "override", missing)).StatusCode.ShouldBe(HttpStatusCode.OK);
            await bench.Run(id, "retire", by: token).ShouldRefuseAsync(HttpStatusCode.Conflict, "ca.state");
            (await bench.RunOkAsync(id, "retire", by: bob)).ShouldBe("retiring");
        }
    }

    private static async Task<Caller> FederatedAsync(AuthorityBench bench, string record, string subject)
    {
        var issuer = new Issuer
        {
            Id = IssuerId.New(),
            OrganizationId = bench.Machines.OrganizationId,
            Name = record,
            Url = Provider,
            KeySource = new UrlKeySource(Provider + "/jwks", null),
            MaxJwtLifetimeSeconds = 3600,
            AllowedTargets = [],
            Stamps = ChangeStamps.Created(bench.Service.Time.GetUtcNow(), "key"),
        };
        var inserted = await bench
            .Service.Get<IJournal>()
            .CommitAsync(new Decision { Statements = [bench.Service.Get<IssuerStore>().Insert(issuer)] }, Cancellation);
        inserted.IsCommitted.ShouldBeTrue();
        return new Caller
        {
            Kind = CallerKind.AccessToken,
            OrganizationId = bench.Machines.OrganizationId,
            Scopes = new HashSet<string> { Scopes.OrganizationAdmin },
            ActorId = "svac_person",
            CredentialHash = "",
            IssuerId = issuer.Id.Value,
            Subject = subject,
            SubjectHash = Sha256Text.ToBase64Url(subject),
        };
    }
}
