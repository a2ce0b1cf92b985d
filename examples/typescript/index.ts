// Find images by criteria instead of ids. Look at the outputs.

import * as tcimages from "@pulumi/tcimages";

const session = tcimages.getSessionImageOutput({
    dataEngineId: "DataEngine-e482ijv6",
    frameworkType: "machine-learning",
    framework: "pytorch",
    latest: true,
});

const training = new tcimages.PlatformImagePin("training", {
    imageRange: "Train",
    framework: "pytorch",
    frameworkVersion: ">=2.1,<3",
    latest: true,
    triggers: { chosen: "2026-11" },
});

export const sessionImageId = session.sparkImageId;
export const sessionImageUrl = session.sparkImageTag;
export const trainingImageId = training.image.imageId;
export const trainingImageUrl = training.image.imageUrl;
