using Culvert.Stage;
using Culvert.Stage.Commands;

namespace Culvert.EndToEnd.Tests.Quickstart;

/// <summary>
/// What the script starts, in this process: for what is not about the script itself, which first looks for prerequisites
/// and builds.
/// </summary>
internal static class QuickstartProgram
{
    public static async Task<(int ExitCode, string Output)> RunAsync(
        string stateFolder,
        string[] arguments,
        CancellationToken cancellationToken
    )
    {
        await using var output = new StringWriter();
        var checkout = Checkout.Find() with { RunFolder = stateFolder };
        var program = new StageProgram(checkout, output, output, TimeProvider.System);
        var code = await program.RunAsync(arguments, cancellationToken);
        return (code, output.ToString());
    }
}
