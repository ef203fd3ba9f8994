using System.Text;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Imports;

namespace Culvert.Tunnel.Agent.Tests.Imports;

/// <summary>
/// What the imports make of whole files, with every line and error. Each section of <c>imported-files.txt</c> is a file of
/// the other program and, after <c>---</c>, the result.
/// </summary>
public sealed class ImportedFilesTests : IDisposable
{
    private const string File = "tests/Tunnel.Agent.Tests/Imports/imported-files.txt";
    private const string RenewVariable = "CULVERT_RENEW_DOCS";
    private const string Section = "=== ";
    private const string Result = "---\n";

    private readonly ImportScene scene = new();

    /// <summary>To renew the results, run this test with CULVERT_RENEW_DOCS=1.</summary>
    [Fact]
    public async Task Import_EachFile_HasTheResultOfTheTable()
    {
        var path = CheckoutFolder.GetPath(File);
        var written = await System.IO.File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        scene.Environment["HTTPS_PROXY"] = "http://user:pass@global.corp:3128";

        var actual = string.Concat(
            $"\n{written}".Split($"\n{Section}", StringSplitOptions.RemoveEmptyEntries).Select(Import)
        );
        if (Environment.GetEnvironmentVariable(RenewVariable) == "1")
        {
            await System.IO.File.WriteAllTextAsync(path, actual, TestContext.Current.CancellationToken);
        }

        actual.ShouldBe(written);
    }

    public void Dispose() => scene.Dispose();

    private string Import(string section)
    {
        var end = section.IndexOf('\n', StringComparison.Ordinal) + 1;
        var (title, file) = (section[..end], section[end..].Split(Result)[0].TrimEnd('\n') + "\n");
        var result = title.StartsWith("proxy:", StringComparison.Ordinal)
            ? scene.ImportProxy(file)
            : scene.ImportClient(file);
        return $"{Section}{title}{file}{Result}{Show(result)}\n";
    }

    private string Show(ImportResult result)
    {
        var text = new StringBuilder();
        foreach (var error in result.Errors)
        {
            text.Append("error: ").Append(error).Append('\n');
        }

        foreach (var note in result.Notes)
        {
            text.Append(note).Append('\n');
        }

        return text.Append(result.Text).Replace(scene.Folder, "/etc/culvert").ToString();
    }
}
