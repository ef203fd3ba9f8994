using System.Text.Json;

namespace Culvert.Deployment.Tests.Images;

/// <summary>The images as they are written without an engine: OCI image layouts, held against the specification and the Dockerfile.</summary>
public sealed class LayoutTests
{
    public static TheoryData<string, string> Images => ImageTests.Images;

    [Theory]
    [MemberData(nameof(Images))]
    public async Task Layout_NamesEachBlobByItsDigest_AndEachLayerByItsContent(string image, string program)
    {
        _ = image;
        var images = await BuiltImages.OfThisRunAsync();
        var layout = images.LayoutOf(program);

        var manifest = images.ManifestOf(program);
        var config = images.BlobOf(program, manifest.GetProperty("config"));
        var layers = manifest
            .GetProperty("layers")
            .EnumerateArray()
            .Select(one => images.BlobOf(program, one))
            .ToList();

        BuiltImages
            .Json(Path.Combine(layout, "oci-layout"))
            .GetProperty("imageLayoutVersion")
            .GetString()
            .ShouldBe("1.0.0");
        Directory.GetFiles(Path.Combine(layout, "blobs", "sha256")).Length.ShouldBe(layers.Count + 2);
        BuiltImages
            .Json(config)
            .GetProperty("rootfs")
            .GetProperty("diff_ids")
            .EnumerateArray()
            .Select(one => one.GetString())
            .ShouldBe(layers.Select(images.DiffIdOf));
    }

    [Theory]
    [MemberData(nameof(Images))]
    public async Task Configuration_IsThatOfTheDockerfile(string image, string program)
    {
        var images = await BuiltImages.OfThisRunAsync();
        var stage = ImageStage.ReadAll(Repository.PathOf("deploy/images/Dockerfile")).Single(one => one.Name == image);

        var whole = BuiltImages.Json(images.BlobOf(program, images.ManifestOf(program).GetProperty("config")));
        var config = whole.GetProperty("config");

        whole.GetProperty("os").GetString().ShouldBe("linux");
        config.GetProperty("User").GetString().ShouldBe(stage.One("USER"));
        config.GetProperty("WorkingDir").GetString().ShouldBe(stage.One("WORKDIR"));
        Texts(config, "Entrypoint").ShouldBe(stage.Words("ENTRYPOINT"));
        (config.TryGetProperty("Cmd", out _) ? Texts(config, "Cmd") : []).ShouldBe(
            stage.All("CMD").Any() ? stage.Words("CMD") : []
        );
        Texts(config, "Env").Skip(1).ShouldBe(stage.Environment().Select(pair => $"{pair.Key}={pair.Value}"));
        config
            .GetProperty("ExposedPorts")
            .EnumerateObject()
            .Select(port => port.Name)
            .ShouldBe(stage.All("EXPOSE").SelectMany(text => text.Split(' ')).Select(port => $"{port}/tcp"));
        config.TryGetProperty("Healthcheck", out _).ShouldBe(stage.All("HEALTHCHECK").Any());
    }

    [Theory]
    [MemberData(nameof(Images))]
    public async Task Labels_NameProgramVersionAndCommit(string image, string program)
    {
        _ = image;
        var images = await BuiltImages.OfThisRunAsync();

        var labels = BuiltImages
            .Json(images.BlobOf(program, images.ManifestOf(program).GetProperty("config")))
            .GetProperty("config")
            .GetProperty("Labels")
            .EnumerateObject()
            .ToDictionary(label => label.Name["org.opencontainers.image.".Length..], label => label.Value.GetString()!);

        labels["title"].ShouldBe(program);
        labels["version"].ShouldBe(Repository.Version);
        labels["revision"].ShouldMatch("^[0-9a-f]{40}");
        labels["created"].ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$");
        labels["description"].ShouldNotBeEmpty();
    }

    /// <summary>A scanner finds each Debian package of the image, and a reader its licence.</summary>
    [Theory]
    [MemberData(nameof(Images))]
    public async Task DebianPackages_AreRecordedWithTheirLicences(string image, string program)
    {
        _ = image;
        var images = await BuiltImages.OfThisRunAsync();
        var files = images.FilesOf(program);
        using var bill = images.BillOf(program);

        var recorded = Directory.GetFiles(Path.Combine(files, "var/lib/dpkg/status.d"));
        var billed = bill
            .RootElement.GetProperty("components")
            .EnumerateArray()
            .Select(one => one.GetProperty("bom-ref").GetString()!)
            .ToList();

        recorded.Length.ShouldBeGreaterThanOrEqualTo(6);
        foreach (var record in recorded)
        {
            var name = Path.GetFileName(record);
            var fields = File.ReadAllLines(record)
                .Where(line => !line.StartsWith(' '))
                .ToDictionary(line => line[..line.IndexOf(':')], line => line[(line.IndexOf(':') + 1)..].Trim());
            fields["Package"].ShouldBe(name);
            billed.ShouldContain(one =>
                one.StartsWith($"pkg:deb/debian/{name}@{Uri.EscapeDataString(fields["Version"])}?arch=")
            );
            File.Exists(Path.Combine(files, "usr/share/doc", name, "copyright")).ShouldBeTrue(name);
        }

        billed.ShouldContain($"pkg:generic/{program}@{Repository.Version}");
        bill.RootElement.GetProperty("metadata")
            .GetProperty("component")
            .GetProperty("type")
            .GetString()
            .ShouldBe("container");
    }

    private static IEnumerable<string> Texts(JsonElement element, string member) =>
        element.GetProperty(member).EnumerateArray().Select(one => one.GetString()!);
}
