using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Scim;

/// <summary>Users as Entra ID and Okta provision them.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ScimUserTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private ScimBench bench = null!;

    private ScimClient Directory => bench.Directory;

    public async ValueTask InitializeAsync() => bench = await ScimBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Create_User_AnswersItWithLocationAndETag()
    {
        using var response = await Directory.SendAsync(
            "POST",
            "Users",
            ScimClient.User(
                "ada@example.com",
                "ada",
                """
                "displayName":"Ada Lovelace","name":{"givenName":"Ada","familyName":"Lovelace"},"active":true,
                "emails":[{"value":"ada@example.com","type":"work","primary":true}],"title":"Countess",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Analysis"}
                """
            )
        );

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/scim+json");
        var user = await response.JsonAsync();
        response
            .Headers.Location!.ToString()
            .ShouldBe($"{bench.Service.Options.PublicUrl}/scim/{Directory.IssuerId}/v2/Users/{user.Id()}");
        response.Header("etag").ShouldBe("W/\"1\"");
        user.Text("userName").ShouldBe("ada@example.com");
        user.GetProperty("name").Text("familyName").ShouldBe("Lovelace");
        user.GetProperty("emails")[0].Text("value").ShouldBe("ada@example.com");
        user.GetProperty("meta").Text("resourceType").ShouldBe("User");
        user.GetProperty("meta").Text("version").ShouldBe("W/\"1\"");
        user.TryGetProperty("title", out _).ShouldBeFalse();
        JsonElement.DeepEquals(await Directory.OkAsync("GET", $"Users/{user.Id()}"), user).ShouldBeTrue();
        var data = (await bench.FindEventsAsync(AuditEvents.ScimUserCreated))
            .ShouldHaveSingleItem()
            .GetProperty("event_data");
        data.Text("scim_user_id").ShouldBe(user.Id());
        data.Text("user_name_hash").ShouldBe(Sha256Text.ToBase64Url("ada@example.com"));
        data.ToString().ShouldNotContain("\"Lovelace\"");
    }

    [Fact]
    public async Task Create_SameUserNameInAnotherCase_IsRefused()
    {
        await Directory.CreateUserAsync("ada@example.com");

        await Directory.ShouldRefuseAsync(
            "POST",
            "Users",
            ScimClient.User("ADA@example.com"),
            HttpStatusCode.Conflict,
            "scim.unique",
            "uniqueness"
        );
    }

    [Fact]
    public async Task Create_SameSubjectTwice_IsRefused()
    {
        await Directory.CreateUserAsync("ada@example.com", "ada");

        await Directory.ShouldRefuseAsync(
            "POST",
            "Users",
            ScimClient.User("ada2@example.com", "ada"),
            HttpStatusCode.Conflict,
            "scim.unique",
            "uniqueness"
        );
    }

    [Fact]
    public async Task Create_UserNameOfAnotherDirectory_IsAccepted()
    {
        using var other = await ScimClient.CreateAsync(
            bench.Service,
            await ScimBench.AddIssuerAsync(bench.Service, "others")
        );
        await Directory.CreateUserAsync("ada@example.com", "ada");

        (await other.CreateUserAsync("ada@example.com", "ada")).Text("userName").ShouldBe("ada@example.com");
    }

    [Theory]
    [InlineData("""{"userName":"ada"}""", "scim.value", "invalidValue")]
    [InlineData("""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}""", "scim.value", "invalidValue")]
    [InlineData(
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":""}""",
        "scim.value",
        "invalidValue"
    )]
    [InlineData(
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":7}""",
        "scim.value",
        "invalidValue"
    )]
    [InlineData(
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a\u0007"}""",
        "scim.value",
        "invalidValue"
    )]
    [InlineData(
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a","active":"perhaps"}""",
        "scim.value",
        "invalidValue"
    )]
    [InlineData(
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a","emails":[{"type":"work"}]}""",
        "scim.value",
        "invalidValue"
    )]
    [InlineData(
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a","favouriteColour":"red"}""",
        "request.invalid",
        "invalidSyntax"
    )]
    [InlineData(
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a","USERNAME":"b"}""",
        "request.invalid",
        "invalidSyntax"
    )]
    [InlineData(
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a","userName":"b"}""",
        "request.invalid",
        "invalidSyntax"
    )]
    [InlineData(
        """{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"\ud800"}""",
        "request.invalid",
        "invalidSyntax"
    )]
    [InlineData("[]", "request.invalid", "invalidSyntax")]
    [InlineData("{", "request.invalid", "invalidSyntax")]
    [InlineData("", "request.invalid", "invalidSyntax")]
    public async Task Create_Malformed_IsRefused(string body, string code, string scimType) =>
        await Directory.ShouldRefuseAsync("POST", "Users", body, HttpStatusCode.BadRequest, code, scimType);

    [Theory]
    [InlineData(256, HttpStatusCode.Created)]
    [InlineData(257, HttpStatusCode.BadRequest)]
    public async Task Create_LongUserName_IsBounded(int length, HttpStatusCode expected)
    {
        using var response = await Directory.SendAsync("POST", "Users", ScimClient.User(new string('a', length)));

        response.StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData(20, HttpStatusCode.Created)]
    [InlineData(21, HttpStatusCode.BadRequest)]
    public async Task Create_ManyEmails_IsBounded(int count, HttpStatusCode expected)
    {
        var emails = string.Join(',', Enumerable.Range(0, count).Select(i => $"{{\"value\":\"{i}@example.com\"}}"));

        using var response = await Directory.SendAsync(
            "POST",
            "Users",
            ScimClient.User("ada", more: $"\"emails\":[{emails}]")
        );

        response.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Create_BodyTooLarge_IsRefused()
    {
        var body = ScimClient.User("ada", more: $"\"title\":\"{new string('x', 64 * 1024)}\"");

        await Directory.ShouldRefuseAsync(
            "POST",
            "Users",
            body,
            HttpStatusCode.RequestEntityTooLarge,
            "request.too_large",
            scimType: null
        );
    }

    [Fact]
    public async Task Create_AsPlainJson_IsAcceptedAndAsTextRefused()
    {
        using var json = await Directory.SendAsync(
            "POST",
            "Users",
            ScimClient.User("ada"),
            mediaType: "application/json"
        );
        json.StatusCode.ShouldBe(HttpStatusCode.Created);

        using var text = await Directory.SendAsync("POST", "Users", ScimClient.User("bob"), mediaType: "text/plain");

        await ScimClient.ShouldBeRefusedAsync(text, HttpStatusCode.BadRequest, "request.media_type", "invalidSyntax");
    }

    [Fact]
    public async Task Get_UnknownOrOfAnotherOrganization_IsNotFound()
    {
        var ada = await Directory.CreateUserAsync("ada");
        var other = await bench.Service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await bench.Service.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"scim","organization_id":"{{other.Id()}}"}"""
        );
        using var eve = new ScimClient(bench.Service.Client(key.Text("admin_key")), Directory.IssuerId);
        const string Code = "request.not_found";

        foreach (var path in new[] { $"Users/{ada.Id()}", "Users", "Schemas", "ServiceProviderConfig" })
        {
            await eve.ShouldRefuseAsync("GET", path, null, HttpStatusCode.NotFound, Code, scimType: null);
        }

        await eve.ShouldRefuseAsync("DELETE", $"Users/{ada.Id()}", null, HttpStatusCode.NotFound, Code, null);
        await eve.ShouldRefuseAsync("POST", "Users", ScimClient.User("eve"), HttpStatusCode.NotFound, Code, null);
        await Directory.ShouldRefuseAsync("GET", "Users/scu_x", null, HttpStatusCode.NotFound, Code, null);
        await Directory.ShouldRefuseAsync("GET", $"Groups/{ada.Id()}", null, HttpStatusCode.NotFound, Code, null);
    }

    [Fact]
    public async Task Call_WithoutTheScope_IsRefused()
    {
        var key = await bench.Service.Api.PostOkAsync("/v1/admin_keys", """{"name":"Vic","role":"viewer"}""");
        using var viewer = new ScimClient(bench.Service.Client(key.Text("admin_key")), Directory.IssuerId);
        using var anonymous = new ScimClient(bench.Service.Client(bearer: null), Directory.IssuerId);

        await viewer.ShouldRefuseAsync("GET", "Users", null, HttpStatusCode.Forbidden, "auth.scope", scimType: null);
        await anonymous.ShouldRefuseAsync("GET", "Users", null, HttpStatusCode.Unauthorized, "auth.missing", null);
    }

    [Fact]
    public async Task Key_OfTheDirectory_ReadsNothingElse()
    {
        var key = await bench.Service.Api.PostOkAsync("/v1/admin_keys", """{"name":"Dir","role":"scim"}""");
        using var client = bench.Service.Client(key.Text("admin_key"));

        await client
            .GetAsync("/v1/organizations/federation_issuers", Cancel)
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "auth.scope");
    }

    [Fact]
    public async Task Patch_ActiveFalseAsEntraSendsIt_OffBoardsOnce()
    {
        var ada = await Directory.CreateUserAsync("ada@example.com", "ada");

        var patched = await Directory.OkAsync(
            "PATCH",
            $"Users/{ada.Id()}",
            ScimClient.Patch("""{"op":"Replace","path":"active","value":"False"}""")
        );

        patched.GetProperty("active").GetBoolean().ShouldBeFalse();
        patched.GetProperty("meta").Text("version").ShouldBe("W/\"2\"");
        var data = (await bench.FindEventsAsync(AuditEvents.PersonOffBoarded))
            .ShouldHaveSingleItem()
            .GetProperty("event_data");
        data.Text("source").ShouldBe("scim");
        data.Text("subject").ShouldBe("ada");
        data.Text("issuer_id").ShouldBe(Directory.IssuerId);
        data.Text("reason").ShouldContain(ada.Id());
        (await bench.FindEventsAsync(AuditEvents.ScimUserUpdated)).ShouldBeEmpty();

        await Directory.OkAsync(
            "PATCH",
            $"Users/{ada.Id()}",
            ScimClient.Patch("""{"op":"replace","value":{"active":false}}""")
        );
        (await bench.FindEventsAsync(AuditEvents.PersonOffBoarded)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Patch_ActiveFalseWithoutSubject_IsJournaledAndAnswered()
    {
        var ada = await Directory.CreateUserAsync("ada@example.com");

        var patched = await Directory.OkAsync(
            "PATCH",
            $"Users/{ada.Id()}",
            ScimClient.Patch("""{"op":"replace","path":"active","value":false}""")
        );

        patched.GetProperty("active").GetBoolean().ShouldBeFalse();
        (await bench.FindEventsAsync(AuditEvents.PersonOffBoarded)).ShouldBeEmpty();
        var data = (await bench.FindEventsAsync(AuditEvents.ScimUserUpdated))
            .ShouldHaveSingleItem()
            .GetProperty("event_data");
        data.GetProperty("subject_hash").ValueKind.ShouldBe(JsonValueKind.Null);
        data.GetProperty("active").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Delete_ActiveUser_OffBoardsAndIsGone()
    {
        var ada = await Directory.CreateUserAsync("ada@example.com", "ada");

        await Directory.OkAsync("DELETE", $"Users/{ada.Id()}", status: HttpStatusCode.NoContent);

        await Directory.ShouldRefuseAsync(
            "GET",
            $"Users/{ada.Id()}",
            null,
            HttpStatusCode.NotFound,
            "request.not_found",
            scimType: null
        );
        (await bench.FindEventsAsync(AuditEvents.PersonOffBoarded)).Count.ShouldBe(1);
        (await Directory.CreateUserAsync("ada@example.com", "ada")).Id().ShouldNotBe(ada.Id());
    }

    [Fact]
    public async Task Delete_InactiveUser_IsItsOwnEvent()
    {
        var ada = await Directory.CreateUserAsync("ada@example.com", "ada", "\"active\":false");
        (await bench.FindEventsAsync(AuditEvents.PersonOffBoarded)).Count.ShouldBe(1);

        await Directory.OkAsync("DELETE", $"Users/{ada.Id()}", status: HttpStatusCode.NoContent);

        (await bench.FindEventsAsync(AuditEvents.ScimUserDeleted)).Count.ShouldBe(1);
        (await bench.FindEventsAsync(AuditEvents.PersonOffBoarded)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Put_AsOktaSendsIt_ReplacesAttributesAndKeepsActive()
    {
        var ada = await Directory.CreateUserAsync("ada@example.com", "ada", "\"displayName\":\"Ada\",\"active\":false");

        var replaced = await Directory.OkAsync(
            "PUT",
            $"Users/{ada.Id()}",
            ScimClient.User("ada@example.org", "ada", $"\"id\":\"{ada.Id()}\",\"meta\":{{\"version\":\"x\"}}")
        );

        replaced.Id().ShouldBe(ada.Id());
        replaced.Text("userName").ShouldBe("ada@example.org");
        replaced.TryGetProperty("displayName", out _).ShouldBeFalse();
        replaced.GetProperty("active").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Put_SameAttributes_ChangesNothing()
    {
        var ada = await Directory.CreateUserAsync("ada", "ada", "\"active\":true");

        var replaced = await Directory.OkAsync(
            "PUT",
            $"Users/{ada.Id()}",
            ScimClient.User("ada", "ada", "\"active\":true")
        );

        replaced.GetProperty("meta").Text("version").ShouldBe("W/\"1\"");
        (await bench.FindEventsAsync(AuditEvents.ScimUserUpdated)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Put_AnotherSubject_OffBoardsTheEarlierOne()
    {
        var ada = await Directory.CreateUserAsync("ada", "ada-1");

        await Directory.OkAsync("PUT", $"Users/{ada.Id()}", ScimClient.User("ada", "ada-2"));

        (await bench.FindEventsAsync(AuditEvents.PersonOffBoarded))
            .ShouldHaveSingleItem()
            .GetProperty("event_data")
            .Text("subject")
            .ShouldBe("ada-1");
    }

    [Fact]
    public async Task Put_AnotherSubjectAndInactive_IsRefused()
    {
        var ada = await Directory.CreateUserAsync("ada", "ada-1");

        await Directory.ShouldRefuseAsync(
            "PUT",
            $"Users/{ada.Id()}",
            ScimClient.User("ada", "ada-2", "\"active\":false"),
            HttpStatusCode.BadRequest,
            "scim.value",
            "invalidValue"
        );
    }

    [Theory]
    [InlineData("W/\"1\"", HttpStatusCode.OK)]
    [InlineData("\"1\"", HttpStatusCode.OK)]
    [InlineData("*", HttpStatusCode.OK)]
    [InlineData("W/\"2\"", HttpStatusCode.PreconditionFailed)]
    public async Task Put_IfMatch_DecidesByTheVersion(string tag, HttpStatusCode expected)
    {
        var ada = await Directory.CreateUserAsync("ada");

        using var response = await Directory.SendAsync("PUT", $"Users/{ada.Id()}", ScimClient.User("bob"), tag);

        response.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Change_IfMatchOfAnotherVersion_IsRefused()
    {
        var ada = await Directory.CreateUserAsync("ada");
        var patch = ScimClient.Patch("""{"op":"replace","path":"displayName","value":"Ada"}""");

        foreach (var (method, body) in new (string, string?)[] { ("PATCH", patch), ("DELETE", null) })
        {
            await Directory.ShouldRefuseAsync(
                method,
                $"Users/{ada.Id()}",
                body,
                HttpStatusCode.PreconditionFailed,
                "scim.version",
                scimType: null,
                ifMatch: "W/\"7\""
            );
        }
    }

    [Fact]
    public async Task Get_IfNoneMatchOfTheVersion_IsNotModified()
    {
        var ada = await Directory.CreateUserAsync("ada");

        using var response = await Directory.SendAsync("GET", $"Users/{ada.Id()}", ifNoneMatch: "W/\"1\"");

        response.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Get_SelectedAttributes_HasTheseAndTheId()
    {
        var ada = await Directory.CreateUserAsync(
            "ada",
            more: """ "displayName":"Ada","name":{"givenName":"Ada","familyName":"L"} """
        );

        var some = await Directory.OkAsync("GET", $"Users/{ada.Id()}?attributes=userName,name.givenName");
        var others = await Directory.OkAsync("GET", $"Users/{ada.Id()}?excludedAttributes=name,meta");

        some.EnumerateObject().Select(one => one.Name).ShouldBe(["schemas", "id", "userName", "name"]);
        some.GetProperty("name").EnumerateObject().Select(one => one.Name).ShouldBe(["givenName"]);
        others
            .EnumerateObject()
            .Select(one => one.Name)
            .ShouldBe(["schemas", "id", "userName", "displayName", "active"]);
    }

    [Fact]
    public async Task List_Pages_AreInTheOrderOfCreation()
    {
        foreach (var name in new[] { "a", "b", "c" })
        {
            await Directory.CreateUserAsync(name);
        }

        var page = await Directory.OkAsync("GET", "Users?startIndex=2&count=1");
        var none = await Directory.OkAsync("GET", "Users?count=0");
        var first = await Directory.OkAsync("GET", "Users?startIndex=-5&count=9999");

        page.GetProperty("totalResults").GetInt32().ShouldBe(3);
        page.GetProperty("itemsPerPage").GetInt32().ShouldBe(1);
        page.GetProperty("Resources")[0].Text("userName").ShouldBe("b");
        none.GetProperty("totalResults").GetInt32().ShouldBe(3);
        none.GetProperty("Resources").GetArrayLength().ShouldBe(0);
        first.GetProperty("startIndex").GetInt32().ShouldBe(1);
        first.GetProperty("Resources").GetArrayLength().ShouldBe(3);
    }

    [Theory]
    [InlineData("sortBy=userName", "scim.value", "invalidValue")]
    [InlineData("count=many", "scim.value", "invalidValue")]
    [InlineData("attributes=id&excludedAttributes=name", "scim.value", "invalidValue")]
    public async Task List_ParameterThatIsNotSupported_IsRefused(string query, string code, string scimType) =>
        await Directory.ShouldRefuseAsync("GET", $"Users?{query}", null, HttpStatusCode.BadRequest, code, scimType);

    [Fact]
    public async Task Settings_ByUserName_LinkUsersByIt()
    {
        var path = $"/v1/organizations/federation_issuers/{Directory.IssuerId}/scim";
        (await bench.Service.Api.GetOkAsync(path)).Text("subject_attribute").ShouldBe("external_id");

        var settings = await bench.Service.Api.PostOkAsync(path, """{"subject_attribute":"user_name"}""");

        settings.Text("base_url").ShouldEndWith($"/scim/{Directory.IssuerId}/v2");
        settings.Text("subject_attribute").ShouldBe("user_name");
        (await bench.FindEventsAsync(AuditEvents.ScimSettingsUpdated)).Count.ShouldBe(1);
        var ada = await Directory.CreateUserAsync("ada@example.com", "object-1");
        await Directory.OkAsync("DELETE", $"Users/{ada.Id()}", status: HttpStatusCode.NoContent);
        (await bench.FindEventsAsync(AuditEvents.PersonOffBoarded))[0]
            .GetProperty("event_data")
            .Text("subject")
            .ShouldBe("ada@example.com");
    }

    [Fact]
    public async Task Settings_WhileUsersAreProvisioned_AreRefused()
    {
        var path = $"/v1/organizations/federation_issuers/{Directory.IssuerId}/scim";
        await Directory.CreateUserAsync("ada");

        await bench
            .Service.Api.PostAsync(path, """{"subject_attribute":"user_name"}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "scim.in_use");
        await bench
            .Service.Api.PostAsync(path, """{"subject_attribute":"email"}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task Discovery_EachDocument_SaysWhatIsSupported()
    {
        var configuration = await Directory.OkAsync("GET", "ServiceProviderConfig");
        var types = await Directory.OkAsync("GET", "ResourceTypes");
        var schemas = await Directory.OkAsync("GET", "Schemas");
        var user = await Directory.OkAsync("GET", $"Schemas/{ScimClient.UserSchema}");

        configuration.GetProperty("patch").GetProperty("supported").GetBoolean().ShouldBeTrue();
        configuration.GetProperty("sort").GetProperty("supported").GetBoolean().ShouldBeFalse();
        configuration.GetProperty("filter").GetProperty("maxResults").GetInt32().ShouldBe(200);
        types
            .GetProperty("Resources")
            .EnumerateArray()
            .Select(type => type.Text("endpoint"))
            .ShouldBe(["/Users", "/Groups"]);
        schemas.GetProperty("totalResults").GetInt32().ShouldBe(2);
        user.Text("description").ShouldContain("phoneNumbers");
        (await Directory.OkAsync("GET", "ResourceTypes/Group")).Text("schema").ShouldBe(ScimClient.GroupSchema);
        await Directory.ShouldRefuseAsync(
            "GET",
            "Schemas/urn:x",
            null,
            HttpStatusCode.NotFound,
            "request.not_found",
            scimType: null
        );
    }
}
