using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Admin;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Administration;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Http.Roles;

/// <summary>What each role may call. A new operation changes a list here, and is denied unless it names roles.</summary>
public sealed class RoleGateTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const string Page = "docs/roles.md";
    private const string Golden = "tests/Identity.Service.Tests/Http/Roles/Golden";

    private readonly List<Operation> operations =
    [
        .. fixture
            .Service.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<Operation>())
            .OfType<Operation>()
            .Where(operation => operation.Access.Kind is AccessKind.Scope or AccessKind.AnyCredential),
    ];

    /// <summary>
    /// A file for each role, one for the console, and one for the operations that no role may call: they answer with a
    /// secret, or belong to machines, workloads or the installation.
    /// </summary>
    [Theory]
    [InlineData(RoleName.Viewer)]
    [InlineData(RoleName.Auditor)]
    [InlineData(RoleName.Approver)]
    [InlineData(RoleName.Operator)]
    [InlineData(RoleName.SecurityAdmin)]
    [InlineData(RoleName.Scim)]
    [InlineData(RoleName.InstallationOperator)]
    [InlineData("console")]
    [InlineData("none")]
    public void Operations_ThatMayBeCalled_AreThoseOfTheFile(string name)
    {
        var file = CheckoutFolder.GetPath($"{Golden}/{name}.txt");
        var allowed = operations
            .Where(operation =>
                name switch
                {
                    "console" => operation.IsOfConsole,
                    "none" => !AdminRole.All.Any(role => RoleGate.May([role.Name], operation)),
                    _ => RoleGate.May([name], operation),
                }
            )
            .Select(operation => operation.Name)
            .OrderBy(operation => operation.Split(' ')[1], StringComparer.Ordinal)
            .ThenBy(operation => operation, StringComparer.Ordinal);
        var expected = string.Concat(allowed.Select(operation => operation + "\n"));
        if (Environment.GetEnvironmentVariable("CULVERT_RENEW_DOCS") == "1")
        {
            File.WriteAllText(file, expected);
        }

        File.ReadAllText(file).ShouldBe(expected, "run this test with CULVERT_RENEW_DOCS=1, and read what changed");
    }

    [Fact]
    public void EveryForm_OfThePage_IsWhatTheGateDecides()
    {
        var file = CheckoutFolder.GetPath(Page);
        var text = File.ReadAllText(file);
        var head = text[..text.IndexOf(RolePage.Mark, StringComparison.Ordinal)];
        var expected = head + RolePage.Write(operations);
        if (Environment.GetEnvironmentVariable("CULVERT_RENEW_DOCS") == "1")
        {
            File.WriteAllText(file, expected);
        }

        File.ReadAllText(file).ShouldBe(expected, "run this test with CULVERT_RENEW_DOCS=1");
    }

    [Theory]
    [InlineData(RoleName.Viewer)]
    [InlineData(RoleName.Auditor)]
    public void ReadingRole_HasNoOperationThatChanges(string role) =>
        ChangesOf(role).ShouldBe(role == RoleName.Auditor ? [RuleOperations.Lint] : []);

    [Fact]
    public void Approver_ChangesApprovalsAlone() =>
        ChangesOf(RoleName.Approver)
            .ShouldAllBe(operation =>
                operation.Roles == RoleSet.Approving
                || operation.Roles == RoleSet.Linting
                || operation.Roles == RoleSet.DecidingCalls
            );

    // Over HTTP, with a key of the role: refused before the operation reads anything.
    [Theory]
    [InlineData(RoleName.Viewer)]
    [InlineData(RoleName.Auditor)]
    [InlineData(RoleName.Approver)]
    [InlineData(RoleName.Operator)]
    [InlineData(RoleName.Scim)]
    public async Task Call_WithKeyOfRole_IsRefusedUnlessTheRoleMay(string name)
    {
        var role = AdminRole.Find(name)!;
        using var client = await ClientAsync(name);
        foreach (var operation in operations)
        {
            var admitted = RoleGate.Admit(RolePage.CreateCaller(role, isKey: true), operation) is not null;
            if (admitted && operation.Method != HttpMethods.Get)
            {
                continue;
            }

            using var answer = await SendAsync(client, operation);
            var isRefused =
                answer.StatusCode == HttpStatusCode.Forbidden
                && (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Contains(
                    "auth.scope",
                    StringComparison.Ordinal
                );
            isRefused.ShouldBe(!admitted, $"{name}: {operation.Name} {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Create_KeyOfEachRole_ShowsItsNameAndScopes()
    {
        foreach (var role in AdminRole.All)
        {
            var key = await fixture.Service.Api.PostOkAsync("/v1/admin_keys", Body(role.Name));
            key.Text("role").ShouldBe(role.Name);
            key.GetProperty("scopes").EnumerateArray().Select(one => one.GetString()!).ShouldBe(role.Scopes.Order());
        }
    }

    // Keys of versions in which a role was nothing but its scopes.
    [Fact]
    public async Task Use_KeyWithoutStoredRole_HasItsScopesAlone()
    {
        var secret = AdminKey.NewSecret();
        var organization = (await fixture.Service.Api.GetOkAsync("/v1/organizations/current")).Id();
        var now = fixture.Service.Time.GetUtcNow();
        var key = new AdminKey
        {
            Id = AdminKeyId.New(),
            OrganizationId = organization,
            Name = "earlier",
            Scopes = AdminRole.Operator.Scopes,
            CreatedAt = now,
            ExpiresAt = now + TimeSpan.FromDays(1),
        };
        var committed = await fixture
            .Service.Get<IJournal>()
            .CommitAsync(
                new Decision
                {
                    Event = AdminKeyEvents.Created(AuditOrigin.System(now), key),
                    Statements = [fixture.Service.Get<AdminKeyStore>().Insert(key, Credentials.Hash(secret))],
                },
                TestContext.Current.CancellationToken
            );
        committed.IsCommitted.ShouldBeTrue();
        using var client = fixture.Service.Client(secret);

        await client.GetOkAsync("/v1/tunnels");
        using var audit = await client.GetAsync("/v1/audit", TestContext.Current.CancellationToken);

        audit.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await fixture.Service.Api.GetOkAsync($"/v1/admin_keys/{key.Id.Value}")).Text("role").ShouldBe("operator");
    }

    [Fact]
    public async Task Create_KeyWithKeyOfReadingRole_IsRefused()
    {
        using var auditor = await ClientAsync(RoleName.Auditor);

        using var answer = await auditor.PostAsync("/v1/admin_keys", Body(RoleName.Viewer));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private IEnumerable<Operation> ChangesOf(string role) =>
        operations.Where(operation => operation.Method != HttpMethods.Get && RoleGate.May([role], operation));

    private async Task<HttpClient> ClientAsync(string role)
    {
        var key = await fixture.Service.Api.PostOkAsync("/v1/admin_keys", Body(role));
        return fixture.Service.Client(key.Text("admin_key"));
    }

    private static string Body(string role) => JsonSerializer.Serialize(new { name = $"of {role}", role });

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, Operation operation)
    {
        var path = string.Join('/', operation.Path.Split('/').Select(part => part.StartsWith('{') ? "x" : part));
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path);
        if (operation.Method == HttpMethods.Post)
        {
            request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
