using System.Security.Cryptography;
using Culvert.Stage;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>A state folder of one test under the checkout's <c>.run</c>, deleted with the test unless it is wanted for reading.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder()
    {
        Path = System.IO.Path.Combine(
            Checkout.Find().Root,
            ".run",
            "test",
            RandomNumberGenerator.GetHexString(12, lowercase: true)
        );
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    /// <summary>Set when a test failed and its logs should stay.</summary>
    public bool Keep { get; set; }

    public void Dispose()
    {
        if (!Keep && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
