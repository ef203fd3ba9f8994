using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Connections;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>Connections in the console: created, changed, archived, and the grants of people.</summary>
public sealed class ConnectionPagesTests : IAsyncLifetime
{
    private const string List = "/console/connections";
    private const string New = $"{List}/new";
    private const string Secret = " a secret with blanks ";

    private ConnectionBench bench = null!;
    private ConsoleBrowser browser = null!;

    private string Own => $"{List}/{bench.ConnectionId}";

    public async ValueTask InitializeAsync()
    {
        bench = await ConnectionBench.StartAsync();
        browser = await ConsoleBrowser.SignedInAsync(bench.Service);
    }

    public async ValueTask DisposeAsync()
    {
        browser.Dispose();
        await bench.DisposeAsync();
    }

    [Fact]
    public async Task Create_FilledForm_ShowsTheRedirectUriAndNeverTheSecret()
    {
        (await browser.OpenAsync(New)).ShouldContain($"<option value=\"{bench.People.TunnelId}\">docs</option>");

        using var made = await browser.SubmitAsync(New, Filled());

        made.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var page = await browser.OpenAsync(made.Headers.Location!.ToString());
        page.ShouldContain("Enter this redirect URI");
        var connection = await GetAsync(made.Headers.Location!.ToString());
        page.ShouldContain(connection.Text("callback_url"));
        page.ShouldNotContain(Secret.Trim());
        connection.Text("display_name").ShouldBe("Encyclopedia");
        connection.Text("route").ShouldBe("wiki");
        connection.Text("tunnel_id").ShouldBe(bench.People.TunnelId);
        connection.Text("client_auth").ShouldBe("client_secret_post");
        connection.Text("issuer").ShouldBe("https://wiki.example.com");
        connection.Text("resource").ShouldBe("https://wiki.example.com/mcp");
        connection.Text("revocation_endpoint").ShouldBe("https://wiki.example.com:8443/revoke");
        connection.Text("ca_cert_pem").ShouldContain("BEGIN CERTIFICATE");
        connection.GetProperty("scopes").ToString().ShouldBe("""["wiki.read","wiki.write"]""");
        connection
            .GetProperty("allowed_targets")
            .ToString()
            .ShouldBe("""[{"cidr":"127.0.0.1/32","port":8443},{"cidr":"127.0.0.2/32","port":443}]""");
        (await browser.OpenAsync(List)).ShouldContain("Encyclopedia");
    }

    [Theory]
    [InlineData("token_endpoint", "http://wiki.example.com/token")]
    [InlineData("allowed_targets", "127.0.0.1/32")]
    [InlineData("allowed_targets", "127.0.0.1/32:https")]
    [InlineData("allowed_targets", "nowhere:443")]
    [InlineData("route", "two words")]
    public async Task Create_Refused_KeepsWhatWasTypedButTheSecret(string field, string value)
    {
        await browser.OpenAsync(New);

        using var refused = await browser.SubmitAsync(
            New,
            [.. Filled().Where(one => one.Name != field), (field, value)]
        );

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        WebUtility.HtmlDecode(browser.Page).ShouldContain($"{field}: ");
        browser.Page.ShouldContain(value);
        browser.Page.ShouldContain("value=\"Encyclopedia\"");
        browser.Page.ShouldContain("value=\"client_secret_post\" selected");
        browser.Page.ShouldNotContain(Secret.Trim());
    }

    [Fact]
    public async Task Change_WithoutASecret_KeepsTheSecret()
    {
        await browser.OpenAsync(Own);

        using var saved = await browser.SubmitAsync(
            $"{Own}/settings",
            ("display_name", "Vendor 2"),
            ("scopes", "files.list\r\nfiles.read"),
            ("client_secret", "")
        );

        saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        var connection = await GetAsync(Own);
        connection.Text("display_name").ShouldBe("Vendor 2");
        connection.GetProperty("scopes").ToString().ShouldBe("""["files.list","files.read"]""");
        (await LastChangeAsync()).GetProperty("secret_replaced").GetBoolean().ShouldBeFalse();
        // The vendor accepts the client as before.
        await bench.ConnectAsync("ada");
    }

    [Fact]
    public async Task Change_Secret_IsReplaced()
    {
        await browser.OpenAsync(Own);

        using var saved = await browser.SubmitAsync(
            $"{Own}/settings",
            ("display_name", "Vendor"),
            ("client_secret", Secret)
        );

        saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await LastChangeAsync()).GetProperty("secret_replaced").GetBoolean().ShouldBeTrue();
        (await browser.OpenAsync(Own)).ShouldNotContain(Secret.Trim());
    }

    [Fact]
    public async Task Revoke_GrantOfOnePerson_NeedsAReason_AndLeavesTheOther()
    {
        await bench.AddGrantAsync("ada", TimeSpan.FromMinutes(10));
        await bench.AddGrantAsync("bob", TimeSpan.FromMinutes(10));
        var ada = (await bench.Api.GetOkAsync($"{ConnectionBench.Path}/{bench.ConnectionId}/grants"))
            .GetProperty("data")
            .EnumerateArray()
            .Single(grant => grant.Text("subject") == "ada")
            .Id();
        var page = await browser.OpenAsync(Own);
        page.ShouldContain("<th scope=\"row\">ada <br>");
        page.ShouldContain("<th scope=\"row\">bob <br>");
        page.ShouldNotContain("Enter this redirect URI");

        using var refused = await browser.SubmitAsync($"{Own}/grants/{ada}/revoke", ("reason", ""));
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest, browser.Page);
        browser.Page.ShouldContain("<th scope=\"row\">ada <br>");
        using var revoked = await browser.SubmitAsync($"{Own}/grants/{ada}/revoke", ("reason", "lost laptop"));

        revoked.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        page = await browser.OpenAsync(Own);
        page.ShouldNotContain("<th scope=\"row\">ada <br>");
        page.ShouldContain("<th scope=\"row\">bob <br>");
        var ended = (await bench.People.Federated.LastAuditAsync("connection_grant_ended")).GetProperty("event_data");
        (ended.Text("subject"), ended.Text("comment")).ShouldBe(("ada", "lost laptop"));
    }

    [Fact]
    public async Task Archive_Connection_IsShownWithoutForms()
    {
        await browser.OpenAsync(Own);

        using var archived = await browser.SubmitAsync($"{Own}/archive", ("reason", "not used"));

        archived.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        (await browser.OpenAsync(Own)).ShouldNotContain($"action=\"{Own}/");
        (await browser.OpenAsync(List)).ShouldContain(" archived</span>");
    }

    [Fact]
    public async Task Get_AsViewer_HasNoForm()
    {
        await bench.AddGrantAsync("ada", TimeSpan.FromMinutes(10));
        using var viewer = await ConsolePersons.SignedInAsync(
            bench.Service,
            [RoleName.Viewer],
            issuer: bench.People.Federated.Provider.Url
        );

        (await viewer.OpenAsync(List)).ShouldNotContain(">Create a connection</a>");
        (await viewer.OpenAsync(New)).ShouldContain("Your role does not create connections.");
        var page = await viewer.OpenAsync(Own);

        page.ShouldContain("<th scope=\"row\">ada <br>");
        page.ShouldNotContain($"action=\"{List}");
    }

    [Fact]
    public async Task Get_UnknownConnection_IsNotFound()
    {
        using var page = await browser.GetAsync($"{List}/conn_x");

        page.StatusCode.ShouldBe(HttpStatusCode.NotFound, browser.Page);
    }

    // The session of an admin key is not a person's.
    [Fact]
    public async Task Get_AnyPage_LinksAPersonToTheirOwnConnections()
    {
        using var person = await ConsolePersons.SignedInAsync(
            bench.Service,
            [RoleName.Viewer],
            issuer: bench.People.Federated.Provider.Url
        );
        var link = $"href=\"{bench.ListPath}\"";

        (await person.OpenAsync("/console")).ShouldContain(link);
        (await browser.OpenAsync("/console")).ShouldNotContain(link);
        await bench.People.EnableAsync(false);
        (await person.OpenAsync("/console")).ShouldNotContain(link);
    }

    private (string Name, string Value)[] Filled() =>
        [
            ("display_name", "Encyclopedia"),
            ("tunnel_id", bench.People.TunnelId),
            ("route", "wiki"),
            ("authorization_endpoint", "https://wiki.example.com/authorize"),
            ("token_endpoint", "https://wiki.example.com/token"),
            ("revocation_endpoint", "https://wiki.example.com:8443/revoke"),
            ("issuer", "https://wiki.example.com"),
            ("client_id", "culvert"),
            ("client_auth", "client_secret_post"),
            ("client_secret", Secret),
            ("scopes", "wiki.read\r\nwiki.write\r\n"),
            ("resource", "https://wiki.example.com/mcp"),
            ("allowed_targets", "127.0.0.1/32:8443\r\n127.0.0.2/32:443"),
            ("ca_cert_pem", bench.People.Federated.Provider.Pki.RootPem),
        ];

    private async Task<JsonElement> LastChangeAsync() =>
        (await bench.People.Federated.LastAuditAsync("connection_updated")).GetProperty("event_data");

    private Task<JsonElement> GetAsync(string page) =>
        bench.Api.GetOkAsync($"{ConnectionBench.Path}/{page.Split('/')[^1].Split('?')[0]}");
}
