using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class AdminKeyCommandsTests : CommandTest
{
    private const string Secret = "clv_adm_9999999999999999999999999999999999999999999";
    private const string Made =
        """{"id":"key_01b","type":"admin_key","name":"Bob","role":"operator","status":"live","admin_key":"clv_adm_9999999999999999999999999999999999999999999"}""";
    private const string List =
        """{"data":[{"id":"key_01b","name":"Bob","role":"operator","status":"live","person":"key_01a"},{"id":"key_01c","name":"Bob","role":"operator","status":"revoked","person":"key_01a"}],"next_page":null}""";

    [Fact]
    public async Task Create_Key_GoesToAPrivateFileAndIsNeverPrinted()
    {
        Service.On("POST /v1/admin_keys", Made);
        var file = Path.Combine(Stage.Folder, "bob.key");

        var run = await Stage.RunAsync(
            "admin-key",
            "create",
            "Bob",
            "--role",
            "operator",
            "--expires",
            "7d",
            "--out",
            file,
            "-o",
            "json"
        );

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"name":"Bob","role":"operator","lifetime_seconds":604800}""");
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe(Secret + "\n");
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (run.Out + run.Error).ShouldNotContain(Secret);
        run.Json["file"]!.GetValue<string>().ShouldBe(file);
    }

    [Fact]
    public async Task Create_ForAnotherOrganization_SendsItsId()
    {
        Service
            .On("GET /v1/organizations", """{"data":[{"id":"u-1","name":"Acme"},{"id":"u-2","name":"Beta"}]}""")
            .On("POST /v1/admin_keys", Made);
        var file = Path.Combine(Stage.Folder, "bob.key");

        var run = await Stage.RunAsync([
            "admin-key",
            "create",
            "Bob",
            "--role",
            "operator",
            "--organization",
            "Beta",
            "--out",
            file,
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"name":"Bob","role":"operator","organization_id":"u-2"}""");
    }

    [Fact]
    public async Task Organization_CreateAndArchive_SendNameAndId()
    {
        const string Beta = """{"id":"u-2","name":"Beta"}""";
        Service
            .On("GET /v1/organizations", $$"""{"data":[{{Beta}}]}""")
            .On("POST /v1/organizations", Beta)
            .On("POST /v1/organizations/u-2/archive", Beta);

        var made = await Stage.RunAsync("organization", "create", "Beta");
        made.ExitCode.ShouldBe(0, made.Error);
        Last.Body.ShouldBe("""{"name":"Beta"}""");
        made.Error.ShouldContain("--organization u-2");

        var archived = await Stage.RunAsync("organization", "archive", "Beta", "--yes");
        archived.ExitCode.ShouldBe(0, archived.Error);
        Last.ToString().ShouldBe("POST /v1/organizations/u-2/archive");

        var unknown = await Stage.RunAsync("organization", "archive", "Gamma", "--yes");
        unknown.ExitCode.ShouldBe(ExitCode.Refused);
        unknown.Error.ShouldContain("there is no organization Gamma");
    }

    [Fact]
    public async Task Create_FileExists_IsRefusedBeforeAnythingIsMade()
    {
        var file = Stage.Write("bob.key", "precious");

        var run = await Stage.RunAsync("admin-key", "create", "Bob", "--role", "operator", "--out", file);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Revoke_Name_IsTheLiveKeyOfThatName()
    {
        Service.On("GET /v1/admin_keys", List).On("POST /v1/admin_keys/key_01b/revoke", Made);

        var run = await Stage.RunAsync("admin-key", "revoke", "Bob", "--reason", "left", "--yes");

        run.ExitCode.ShouldBe(0, run.Error);
        Last.Body.ShouldBe("""{"reason":"left"}""");
        (await Stage.RunAsync("admin-key", "revoke", "Eve", "--yes")).ExitCode.ShouldBe(ExitCode.Refused);
        (await Stage.RunAsync("admin-key", "revoke", "Bob")).ExitCode.ShouldBe(ExitCode.Usage);
    }

    [Fact]
    public async Task List_ShowsWhoCountsAsOne()
    {
        Service.On("GET /v1/admin_keys", List);

        var run = await Stage.RunAsync("admin-key", "list");

        run.Out.ShouldContain("PERSON");
        run.Out.ShouldContain("key_01a");
    }
}
