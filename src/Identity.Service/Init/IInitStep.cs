namespace Culvert.Identity.Service.Init;

/// <summary>
/// A capability's part of <c>init</c>. Steps run in registration order on a database that becomes the real one only
/// after the last of them succeeded: a step that throws leaves nothing behind.
/// </summary>
internal interface IInitStep
{
    Task RunAsync(InitContext context, CancellationToken cancellationToken);
}
