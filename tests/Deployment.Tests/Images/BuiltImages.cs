using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace Culvert.Deployment.Tests.Images;

/// <summary>The images of the published programs, built and unpacked once, when the first test needs one.</summary>
public sealed class BuiltImages : IDisposable
{
    private static readonly string[] Programs = ["identity-service", "tunnel-edge", "tunnel-agent", "culvert"];

    private readonly TestFolder folder = new();
    private readonly Lazy<Task> built;
    private readonly ConcurrentDictionary<string, string> digests = new();
    private readonly ConcurrentDictionary<string, string> diffIds = new();

    public BuiltImages() => built = new Lazy<Task>(BuildAsync);

    internal static async Task<BuiltImages> OfThisRunAsync()
    {
        var images =
            await TestContext.Current.GetFixture<BuiltImages>()
            ?? throw new InvalidOperationException("The assembly has no fixture of images.");
        await images.built.Value;
        return images;
    }

    /// <summary>A program's files in its image: every layer, one over the other.</summary>
    internal string FilesOf(string program) => folder.PathOf($"{program}.files");

    /// <summary>The image layout of a program.</summary>
    internal string LayoutOf(string program) => folder.PathOf($"{program}.layout");

    /// <summary>The bill of materials next to an image.</summary>
    internal JsonDocument BillOf(string program) =>
        JsonDocument.Parse(File.ReadAllText(FileOf($"{program}-*.image.cdx.json")));

    /// <summary>A blob of the layout that a descriptor names, after a check of its digest and its size.</summary>
    internal string BlobOf(string program, JsonElement descriptor)
    {
        var digest = descriptor.GetProperty("digest").GetString()!;
        var file = Path.Combine(LayoutOf(program), "blobs", digest.Replace(':', '/'));
        digests.GetOrAdd(file, DigestOf).ShouldBe(digest);
        descriptor.GetProperty("size").GetInt64().ShouldBe(new FileInfo(file).Length);
        return file;
    }

    /// <summary>The digest of a layer's content, before its compression.</summary>
    internal string DiffIdOf(string layer) => diffIds[layer];

    /// <summary>The one manifest of a layout's index.</summary>
    internal JsonElement ManifestOf(string program)
    {
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(LayoutOf(program), "index.json")));
        var descriptor = index.RootElement.GetProperty("manifests").EnumerateArray().ShouldHaveSingleItem();
        return Json(BlobOf(program, descriptor));
    }

    internal static JsonElement Json(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(file));
        return document.RootElement.Clone();
    }

    public void Dispose() => folder.Dispose();

    private async Task BuildAsync()
    {
        (
            await Tool.RunAsync(
                "node",
                [
                    Repository.PathOf("deploy/images/layouts.mjs"),
                    Path.GetDirectoryName(Repository.Published("culvert"))!,
                    folder.Path,
                    Repository.PathOf(".run/deployment-tools/images"),
                ],
                new Dictionary<string, string> { ["GZIP_OPTIONS"] = "-1" }
            )
        ).Succeeded();
        foreach (var program in Programs)
        {
            Directory.CreateDirectory(LayoutOf(program));
            await UnpackAsync(FileOf($"{program}-*.oci.tar"), LayoutOf(program));
            Directory.CreateDirectory(FilesOf(program));
            foreach (var layer in ManifestOf(program).GetProperty("layers").EnumerateArray())
            {
                var blob = BlobOf(program, layer);
                var content = folder.PathOf("layer.tar");
                await using (var unpacked = new GZipStream(File.OpenRead(blob), CompressionMode.Decompress))
                await using (var written = File.Create(content))
                {
                    await unpacked.CopyToAsync(written, TestContext.Current.CancellationToken);
                }

                diffIds[blob] = DigestOf(content);
                await UnpackAsync(content, FilesOf(program));
                File.Delete(content);
            }
        }
    }

    private static string DigestOf(string file)
    {
        using var read = File.OpenRead(file);
        return $"sha256:{Convert.ToHexStringLower(SHA256.HashData(read))}";
    }

    private string FileOf(string pattern) => Directory.GetFiles(folder.Path, pattern).ShouldHaveSingleItem();

    private static async Task UnpackAsync(string archive, string into) =>
        (await Tool.RunAsync("tar", ["--extract", "--numeric-owner", "-f", archive, "-C", into])).Succeeded();
}
