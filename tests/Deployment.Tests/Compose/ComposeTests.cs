using Culvert.Deployment.Tests.Images;

namespace Culvert.Deployment.Tests.Compose;

/// <summary>The Compose files, as docker-compose reads them.</summary>
public sealed class ComposeTests
{
    private static readonly Dictionary<string, string> Stages = new()
    {
        ["registry.example.com/culvert/identity-service"] = "service",
        ["registry.example.com/culvert/tunnel-edge"] = "edge",
        ["registry.example.com/culvert/tunnel-agent"] = "agent",
    };

    public static TheoryData<string, int> Files => new() { { "single-node", 3 }, { "edge-and-agent", 2 } };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task File_ByDockerCompose_IsValidAndClosed(string file, int count)
    {
        var images = ImageStage.ReadAll(Repository.PathOf("deploy/images/Dockerfile"));
        var result = await ConfigAsync($"deploy/compose/{file}.yaml");

        var services = Yaml.Items(Yaml.ReadAll(result.Succeeded().Output)[0], "services").ToList();
        services.Count.ShouldBe(count);
        foreach (var service in services)
        {
            var image = images.Single(stage => stage.Name == Stages[Yaml.Text(service, "image").Split(':')[0]]);
            Yaml.Text(service, "read_only").ShouldBe("true");
            Yaml.Text(service, "cap_drop.0").ShouldBe("ALL");
            Yaml.Text(service, "security_opt.0").ShouldBe("no-new-privileges:true");
            Yaml.Text(service, "restart").ShouldBe("unless-stopped");
            Yaml.Items(service, "volumes").ShouldContain(v => v.ToString().EndsWith(":/var/lib/culvert:rw"));
            var exposed = image.One("EXPOSE").Split(' ').ToList();
            Yaml.Items(service, "ports").ShouldAllBe(port => exposed.Contains(Yaml.Text(port, "target")));
        }
    }

    /// <summary>Every image comes from a registry that is on the list.</summary>
    [Theory]
    [InlineData("single-node")]
    [InlineData("edge-and-agent")]
    public async Task File_WithoutARegistry_IsRefused(string file)
    {
        var result = await ConfigAsync($"deploy/compose/{file}.yaml", registry: null);

        result.ExitCode.ShouldNotBe(0);
        result.Text.ShouldContain("name the registry that you pushed the images to");
    }

    /// <summary>The check above would find something.</summary>
    [Fact]
    public async Task File_WithAMisspeltKey_IsRefused()
    {
        using var folder = new TestFolder();
        folder.Write("compose.yaml", "services: {a: {image: x, read_onyl: true}}\n");

        var result = await ConfigAsync(folder.PathOf("compose.yaml"));

        result.ExitCode.ShouldNotBe(0);
        result.Text.ShouldContain("read_onyl");
    }

    private static Task<ToolResult> ConfigAsync(string file, string? registry = "registry.example.com") =>
        Tool.RunAsync(
            "/usr/bin/python3",
            [Repository.Unpacked("usr/bin/docker-compose"), "-f", file, "config"],
            new Dictionary<string, string>
            {
                ["PYTHONPATH"] = Repository.PathOf(".run/deployment-tools/usr/lib/python3/dist-packages"),
                ["CULVERT_REGISTRY"] = registry ?? "",
            }
        );
}
