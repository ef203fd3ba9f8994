namespace Culvert.Identity.Service.Init;

/// <summary>
/// A capability's part of <c>init</c>. Steps run in registration order on a draft database that becomes the real one only
/// after the last step: if a step throws, nothing remains.
/// </summary>
internal interface IInitStep
{
    Task RunAsync(InitContext context, CancellationToken cancellationToken);
}
