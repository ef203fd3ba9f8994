using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Commands;

/// <summary>
/// Makes an installation: all or nothing. The store grows under a temporary name and takes its real one after the last
/// step, so that an interrupted init can simply be run again.
/// </summary>
internal static class Initializer
{
    /// <summary>Returns the lines to print. Throws <see cref="StoreException"/> when there is an installation already.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(
        ServiceOptions options,
        InitContext context,
        TimeProvider time,
        ILoggerFactory loggers,
        Action<IServiceCollection>? configure,
        CancellationToken cancellationToken
    )
    {
        StoreDraft.RequireAbsent(options.StoreSettings);
        var madeKeyFile = context.GivenAdminKey is null ? context.AdminKeyFile : null;
        if (File.Exists(madeKeyFile))
        {
            throw new StoreException($"{madeKeyFile} exists: init never overwrites a key. Move it away first.");
        }

        if (options.SealingKey.File is { } sealingKey)
        {
            SealingKeyFile.Ensure(sealingKey);
        }

        try
        {
            using var draft = StoreDraft.Make(options.StoreSettings, time, loggers.CreateLogger("Culvert.Init"));
            await RunStepsAsync(options, draft.Store, time, loggers, configure, context, cancellationToken);
            draft.Publish();
        }
        catch
        {
            if (madeKeyFile is not null)
            {
                File.Delete(madeKeyFile);
            }

            throw;
        }

        return [.. context.Messages];
    }

    private static async Task RunStepsAsync(
        ServiceOptions options,
        Store store,
        TimeProvider time,
        ILoggerFactory loggers,
        Action<IServiceCollection>? configure,
        InitContext context,
        CancellationToken cancellationToken
    )
    {
        var services = new ServiceCollection().AddCulvertService(options, store, time);
        services.AddSingleton(loggers);
        configure?.Invoke(services);
        await using var provider = services.BuildServiceProvider();
        foreach (var step in provider.GetServices<IInitStep>())
        {
            await step.RunAsync(context, cancellationToken);
        }
    }
}
