using Culvert.Identity.Service.Settings;
using Culvert.Platform.Launching;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Runs the operator's program. Its standard error may contain secrets and is never shown.</summary>
internal sealed class CommandConnector(Current<CertificateOptions> options) : ISigningConnector
{
    private const int MaxChainBytes = 64 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public bool IsConfigured => options.Value.SigningCommand.Count > 0;

    public async Task<SigningAnswer> SignAsync(string csrPem, CancellationToken cancellationToken)
    {
        var run = new ChildRun
        {
            Command = options.Value.SigningCommand,
            Inherited = options.Value.SigningEnvironment,
            Input = csrPem,
            Timeout = Limit,
            MaxOutputBytes = MaxChainBytes,
        };

        // The timeout of a program uses the machine's clock, not the service's.
        var result = await run.RunAsync(TimeProvider.System, cancellationToken);
        return result.Problem is not { } problem ? SigningAnswer.Signed(result.Output)
            : result.IsTooLong ? SigningAnswer.Spoiled($"it {problem}")
            : SigningAnswer.Failed($"it {problem}");
    }
}
