using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Scim;

/// <summary>Operations on a user with a name and a work address.</summary>
public sealed class ScimPatchTests : IAsyncLifetime
{
    private ScimBench bench = null!;
    private string path = "";

    public async ValueTask InitializeAsync()
    {
        bench = await ScimBench.StartAsync();
        var ada = await bench.Directory.CreateUserAsync(
            "ada@example.com",
            "ada",
            """
            "displayName":"Ada","name":{"givenName":"Ada","familyName":"L"},
            "emails":[{"value":"ada@work.example","type":"work","primary":true}]
            """
        );
        path = $"Users/{ada.Id()}";
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Theory]
    [InlineData("""{"op":"replace","path":"displayName","value":"A"}""", "displayName", "\"A\"")]
    [InlineData("""{"op":"Replace","path":"DISPLAYNAME","value":"A"}""", "displayName", "\"A\"")]
    [InlineData("""{"OP":"add","PATH":"displayName","VALUE":"A"}""", "displayName", "\"A\"")]
    [InlineData("""{"op":"remove","path":"displayName"}""", "displayName", null)]
    [InlineData("""{"op":"replace","path":"displayName","value":null}""", "displayName", null)]
    [InlineData("""{"op":"replace","path":"displayName","value":""}""", "displayName", null)]
    [InlineData(
        """{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:displayName","value":"A"}""",
        "displayName",
        "\"A\""
    )]
    [InlineData(
        """{"op":"replace","path":"name.givenName","value":"A"}""",
        "name",
        """{"givenName":"A","familyName":"L"}"""
    )]
    [InlineData("""{"op":"remove","path":"name.givenName"}""", "name", """{"familyName":"L"}""")]
    [InlineData(
        """{"op":"replace","path":"name","value":{"givenName":"A"}}""",
        "name",
        """{"givenName":"A","familyName":"L"}"""
    )]
    [InlineData("""{"op":"remove","path":"name"}""", "name", null)]
    [InlineData(
        """{"op":"replace","value":{"name.familyName":"B","displayName":"A"}}""",
        "name",
        """{"givenName":"Ada","familyName":"B"}"""
    )]
    [InlineData(
        """{"op":"Replace","path":"emails[type eq \"work\"].value","value":"a@b.example"}""",
        "emails",
        """[{"value":"a@b.example","type":"work","primary":true}]"""
    )]
    [InlineData(
        """{"op":"Add","path":"emails[type eq \"home\"].value","value":"a@b.example"}""",
        "emails",
        """[{"value":"ada@work.example","type":"work","primary":true},{"value":"a@b.example","type":"home"}]"""
    )]
    [InlineData(
        """{"op":"add","path":"emails","value":[{"value":"a@b.example","primary":true}]}""",
        "emails",
        """[{"value":"ada@work.example","type":"work"},{"value":"a@b.example","primary":true}]"""
    )]
    [InlineData(
        """{"op":"add","path":"emails","value":{"value":"ada@work.example","type":"work","primary":true}}""",
        "emails",
        """[{"value":"ada@work.example","type":"work","primary":true}]"""
    )]
    [InlineData(
        """{"op":"replace","path":"emails","value":[{"value":"a@b.example"}]}""",
        "emails",
        """[{"value":"a@b.example"}]"""
    )]
    [InlineData(
        """{"op":"replace","path":"emails[type eq \"work\"]","value":{"display":"Ada"}}""",
        "emails",
        """[{"value":"ada@work.example","type":"work","primary":true,"display":"Ada"}]"""
    )]
    [InlineData("""{"op":"remove","path":"emails[type eq \"work\"]"}""", "emails", null)]
    [InlineData(
        """{"op":"remove","path":"emails[type eq \"home\"]"}""",
        "emails",
        """[{"value":"ada@work.example","type":"work","primary":true}]"""
    )]
    [InlineData("""{"op":"remove","path":"emails"}""", "emails", null)]
    [InlineData(
        """{"op":"replace","path":"emails.type","value":"home"}""",
        "emails",
        """[{"value":"ada@work.example","type":"home","primary":true}]"""
    )]
    [InlineData("""{"op":"replace","path":"active","value":"True"}""", "active", "true")]
    [InlineData("""{"op":"replace","path":"title","value":"Countess"}""", "title", null)]
    [InlineData(
        """{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"X"}""",
        "displayName",
        "\"Ada\""
    )]
    [InlineData("""{"op":"add","path":"addresses[type eq \"work\"].locality","value":"X"}""", "displayName", "\"Ada\"")]
    public async Task Patch_Operation_ChangesTheAttribute(string operation, string attribute, string? expected)
    {
        var user = await bench.Directory.OkAsync("PATCH", path, ScimClient.Patch(operation));

        var value = user.TryGetProperty(attribute, out var found) ? found : default;
        if (expected is null)
        {
            value.ValueKind.ShouldBe(JsonValueKind.Undefined);
            return;
        }

        JsonElement.DeepEquals(value, JsonDocument.Parse(expected).RootElement).ShouldBeTrue(value.ToString());
        JsonElement.DeepEquals(await bench.Directory.OkAsync("GET", path), user).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"op":"replace","path":"colour","value":"red"}""", "scim.path", "invalidPath")]
    [InlineData("""{"op":"replace","path":"","value":"red"}""", "scim.path", "invalidPath")]
    [InlineData("""{"op":"replace","path":"name.colour","value":"red"}""", "scim.path", "invalidPath")]
    [InlineData("""{"op":"replace","path":"name.givenName.x","value":"red"}""", "scim.path", "invalidPath")]
    [InlineData("""{"op":"replace","path":"emails[type eq","value":"red"}""", "scim.path", "invalidPath")]
    [InlineData("""{"op":"replace","path":"emails[99999999999999]","value":"red"}""", "scim.path", "invalidPath")]
    [InlineData(
        """{"op":"replace","path":"emails[type eq \"work\"].colour","value":"red"}""",
        "scim.path",
        "invalidPath"
    )]
    [InlineData(
        """{"op":"replace","path":"emails[type eq \"work\"]value","value":"red"}""",
        "scim.path",
        "invalidPath"
    )]
    [InlineData("""{"op":"replace","path":"userName[value eq \"x\"]","value":"red"}""", "scim.path", "invalidPath")]
    [InlineData("""{"op":"replace","path":["displayName"],"value":"red"}""", "scim.path", "invalidPath")]
    [InlineData("""{"op":"replace","path":"id","value":"scu_x"}""", "scim.mutability", "mutability")]
    [InlineData("""{"op":"replace","path":"meta.version","value":"x"}""", "scim.mutability", "mutability")]
    [InlineData("""{"op":"add","path":"schemas","value":["urn:x"]}""", "scim.mutability", "mutability")]
    [InlineData("""{"op":"add","path":"groups","value":[{"value":"x"}]}""", "scim.mutability", "mutability")]
    [InlineData("""{"op":"replace","value":{"id":"scu_x"}}""", "scim.mutability", "mutability")]
    [InlineData("""{"op":"remove","path":"userName"}""", "scim.mutability", "mutability")]
    [InlineData("""{"op":"replace","path":"userName","value":null}""", "scim.mutability", "mutability")]
    [InlineData("""{"op":"remove","path":"active"}""", "scim.mutability", "mutability")]
    [InlineData("""{"op":"remove"}""", "scim.no_target", "noTarget")]
    [InlineData(
        """{"op":"replace","path":"emails[type eq \"home\"].value","value":"x"}""",
        "scim.no_target",
        "noTarget"
    )]
    [InlineData("""{"op":"replace","value":"Ada"}""", "scim.value", "invalidValue")]
    [InlineData("""{"op":"replace","path":"active","value":"no"}""", "scim.value", "invalidValue")]
    [InlineData("""{"op":"replace","path":"displayName","value":{"x":1}}""", "scim.value", "invalidValue")]
    [InlineData("""{"op":"replace","path":"name","value":"Ada"}""", "scim.value", "invalidValue")]
    [InlineData("""{"op":"remove","path":"emails[type eq \"work\"].value"}""", "scim.value", "invalidValue")]
    [InlineData("""{"op":"move","path":"displayName","value":"A"}""", "scim.value", "invalidValue")]
    [InlineData("""{"path":"displayName","value":"A"}""", "scim.value", "invalidValue")]
    [InlineData("""{"op":"replace","path":"displayName","value":"A","from":"x"}""", "request.invalid", "invalidSyntax")]
    [InlineData("7", "request.invalid", "invalidSyntax")]
    public async Task Patch_HostileOperation_IsRefusedAndChangesNothing(string operation, string code, string scimType)
    {
        var before = await bench.Directory.OkAsync("GET", path);

        await bench.Directory.ShouldRefuseAsync(
            "PATCH",
            path,
            ScimClient.Patch("""{"op":"replace","path":"displayName","value":"changed"}""", operation),
            HttpStatusCode.BadRequest,
            code,
            scimType
        );

        JsonElement.DeepEquals(await bench.Directory.OkAsync("GET", path), before).ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"Operations":[{"op":"replace","path":"displayName","value":"A"}]}""")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}""")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[]}""")]
    public async Task Patch_NoOperations_IsRefused(string body) =>
        await bench.Directory.ShouldRefuseAsync(
            "PATCH",
            path,
            body,
            HttpStatusCode.BadRequest,
            "scim.value",
            "invalidValue"
        );

    [Theory]
    [InlineData(200, HttpStatusCode.OK)]
    [InlineData(201, HttpStatusCode.BadRequest)]
    public async Task Patch_ManyOperations_IsBounded(int count, HttpStatusCode expected)
    {
        var operations = Enumerable.Repeat("""{"op":"replace","path":"displayName","value":"A"}""", count);

        using var response = await bench.Directory.SendAsync("PATCH", path, ScimClient.Patch([.. operations]));

        response.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Patch_UserNameOfAnother_IsRefused()
    {
        await bench.Directory.CreateUserAsync("bob@example.com");

        await bench.Directory.ShouldRefuseAsync(
            "PATCH",
            path,
            ScimClient.Patch("""{"op":"replace","path":"userName","value":"BOB@example.com"}"""),
            HttpStatusCode.Conflict,
            "scim.unique",
            "uniqueness"
        );
    }
}
