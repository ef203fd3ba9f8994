using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;

namespace Culvert.Identity.Service.Commands;

/// <summary>
/// Creates an installation atomically. The store has a temporary name until the last step, so an interrupted init can be
/// repeated.
/// </summary>
internal static class Initializer
{
    /// <summary>Returns the lines to print. Throws <see cref="StoreException"/> if an installation exists.</summary>
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
        var madeKeyFile = context.ReadAdminKey is null ? context.AdminKeyFile : null;
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
